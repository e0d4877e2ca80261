/** Examples of what a panel asks and gets, as the demo answers them. */
export const EXAMPLES = {
  queryBody: {
    range: {
      from: '2026-11-20T04:57:00Z',
      to: '2026-11-20T05:00:00Z',
    },
    intervalMs: 60000,
    maxDataPoints: 500,
    targets: [
      {
        refId: 'A',
        target: 'power',
        payload: {
          by: 'cluster',
          cluster: 'daejeon',
        },
      },
    ],
  },
  query: [
    {
      target: 'daejeon',
      refId: 'A',
      datapoints: [
        [7788.426683, 1795150620000],
        [7795.296187, 1795150680000],
        [7794.9979969999995, 1795150740000],
        [7794.347855, 1795150800000],
      ],
      tags: {
        cluster: 'daejeon',
      },
      unit: 'watt',
      meta: {
        notices: [
          {
            severity: 'warning',
            text: "daejeon: 10 names are no node's: 10.1.0.1 (dcmi), 10.1.0.2 (dcmi), 10.1.0.3 (dcmi), 10.1.0.4 (dcmi), 10.1.0.5 (dcmi), …",
          },
        ],
        custom: {
          status: 'complete',
          clusters: [
            {
              name: 'daejeon',
              status: 'ok',
            },
          ],
          coverage: 0,
          sources: ['dcgm', 'furiosa'],
        },
      },
    },
  ],
  annotationsBody: {
    range: {
      from: '2026-11-20T04:00:00Z',
      to: '2026-11-20T05:00:00Z',
    },
    annotation: {
      name: 'Data quality',
      query: 'quality',
      enable: true,
      iconColor: 'orange',
    },
  },
  annotations: [
    {
      annotation: {
        query: 'quality',
        name: 'Data quality',
        enable: true,
        iconColor: 'orange',
      },
      time: 1795148415000,
      timeEnd: 1795148445000,
      isRegion: true,
      title: 'seoul: less is measured',
      tags: ['quality', 'seoul'],
      text: 'as little as 81 % of its nodes, where 100 % are at the best of the window: totals of this time are too low',
    },
  ],
  metrics: [
    {
      label: 'Power of the fleet over time, every watt once',
      value: 'power',
      payloads: [
        {
          name: 'cluster',
          label: 'Cluster',
          placeholder: 'all clusters',
          width: 24,
          reloadMetric: false,
          type: 'multi-select',
        },
        {
          name: 'by',
          label: 'By',
          placeholder: 'total',
          width: 24,
          reloadMetric: false,
          type: 'select',
          options: [
            {
              label: 'total',
              value: 'total',
            },
            {
              label: 'cluster',
              value: 'cluster',
            },
            {
              label: 'node',
              value: 'node',
            },
            {
              label: 'namespace',
              value: 'namespace',
            },
            {
              label: 'pod',
              value: 'pod',
            },
            {
              label: 'vendor',
              value: 'vendor',
            },
            {
              label: 'resource_type',
              value: 'resource_type',
            },
            {
              label: 'workload_type',
              value: 'workload_type',
            },
          ],
        },
        {
          name: 'top',
          label: 'Top',
          placeholder: '20 series, and the others as one',
          width: 24,
          reloadMetric: false,
          type: 'input',
        },
      ],
    },
  ],
}
