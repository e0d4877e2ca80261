/** Examples of calls, as the demo answers them. */
export const EXAMPLES = {
  query: {
    status: 'success',
    data: {
      resultType: 'vector',
      result: [
        {
          metric: {
            cluster: 'busan',
          },
          value: [1795150800, '8691'],
        },
      ],
    },
  },
  range: {
    status: 'success',
    data: {
      resultType: 'matrix',
      result: [
        {
          metric: {
            cluster: 'busan',
          },
          values: [
            [1795150680, '8709'],
            [1795150740, '8692'],
            [1795150800, '8691'],
          ],
        },
      ],
    },
  },
  series: {
    status: 'success',
    data: [
      {
        __name__: 'kcloud_power_watts',
        cluster: 'busan',
        node: 'control-plane-1',
      },
      {
        __name__: 'kcloud_power_watts',
        cluster: 'busan',
        node: 'cpu-worker-1',
      },
    ],
    warnings: ['results truncated due to limit'],
  },
  metadata: {
    status: 'success',
    data: {
      kcloud_power_watts: [
        {
          type: 'gauge',
          help: 'Power of each node by its most trusted meter; boards whose node has none stand for themselves. The sum is the power of the fleet, every watt once.',
          unit: 'watts',
        },
      ],
    },
  },
}
