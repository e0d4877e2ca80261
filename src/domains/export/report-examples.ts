/** A report of the demo, its lists cut short. */
export const REPORT_EXAMPLE = {
  data: {
    template: 'daily',
    timezone: 'Asia/Seoul',
    period: {
      start_date: '2026-11-28',
      end_date: '2026-11-28',
      start: '2026-11-27T15:00:00.000Z',
      end: '2026-11-28T15:00:00.000Z',
      hours: 24,
      is_over: true,
    },
    previous_period: {
      start_date: '2026-11-27',
      end_date: '2026-11-27',
      start: '2026-11-26T15:00:00.000Z',
      end: '2026-11-27T15:00:00.000Z',
      hours: 24,
      is_over: true,
    },
    summary: {
      energy_joules: {
        current: 4202636896.775106,
        previous: 4219327476.21369,
        change_percent: -0.3955744021452804,
      },
      energy_kwh: {
        current: 1167.3991379930849,
        previous: 1172.0354100593584,
        change_percent: -0.39557440214529616,
      },
      mean_power_watts: {
        current: 48641.630749711876,
        previous: 48834.80875247326,
        change_percent: -0.3955744021452778,
      },
      peak_power_watts: {
        current: 52215.299347466665,
        previous: 53850.12283156667,
        change_percent: -3.0358769825157688,
      },
      gpu_utilization_percent: {
        current: 62.24501617065367,
        previous: 62.86127664692247,
        change_percent: -0.9803499215108125,
      },
      npu_utilization_percent: {
        current: 21.050986344401064,
        previous: 26.16357094726562,
        change_percent: -19.540851717715835,
      },
      method: 'estimated',
    },
    demand: {
      interval_seconds: 900,
      peak_power_watts: 52215.299347466665,
      peak_start: '2026-11-28T04:45:00.000Z',
      peak_end: '2026-11-28T05:00:00.000Z',
      lowest_power_watts: 30769.5579244,
      load_factor: 0.9315589751966409,
      previous_peak_power_watts: 53850.12283156667,
    },
    trend: {
      step_seconds: 900,
      buckets: [
        {
          start_date: '2026-11-28',
          end_date: '2026-11-28',
          hours: 24,
          energy_joules: 4202636896.775106,
          mean_power_watts: 48641.630749711876,
          peak_power_watts: 52215.299347466665,
          peak_start: '2026-11-28T04:45:00.000Z',
          peak_end: '2026-11-28T05:00:00.000Z',
          covered_seconds: 86400,
        },
      ],
      power: [
        {
          name: 'total',
          unit: 'watts',
          points: [[1795792500, 48590.0928033]],
        },
      ],
      previous_power: {
        name: 'previous',
        unit: 'watts',
        points: [[1795706100, 48716.276513666664]],
      },
      utilization: [
        {
          name: 'gpu',
          unit: 'percent',
          points: [[1795795200, 62.273717533686145]],
        },
      ],
      temperature: [
        {
          name: 'gpu_temperature_celsius_max',
          unit: 'celsius',
          points: [[1795795200, 71]],
        },
      ],
    },
    parts: [
      {
        part: 'gpu',
        energy_joules: 2788639481.1581836,
        mean_power_watts: 32275.91992081231,
        share_percent: 66.35451859517167,
      },
      {
        part: 'npu',
        energy_joules: 137004346.8990831,
        mean_power_watts: 1585.6984594801286,
        share_percent: 3.259961549478933,
      },
    ],
    clusters: [
      {
        cluster: 'seoul',
        energy_joules: 2993253030,
        mean_power_watts: 34644.13229166667,
        share_percent: 71.22321303315243,
        peak_power_watts: 37106.96666666667,
        peak_start: '2026-11-28T05:15:00.000Z',
        peak_end: '2026-11-28T05:30:00.000Z',
        covered_seconds: 86400,
        coverage: 1,
        nodes: {
          known: 16,
          measured: 16,
          estimated: 0,
        },
        accelerators: 68,
      },
    ],
    nodes: {
      total: 23,
      rows: [
        {
          rank: 1,
          cluster: 'seoul',
          node: 'gpu-worker-5',
          energy_joules: 531536640,
          mean_power_watts: 6152.044444444445,
          share_percent: 12.647693651761225,
          peak_power_watts: 6493.133333333333,
          peak_start: '2026-11-28T05:45:00.000Z',
          peak_end: '2026-11-28T06:00:00.000Z',
          method: 'measured',
          sources: ['dcgm', 'dcmi', 'kepler'],
          accelerators: 8,
          temperature_celsius_max: 75,
        },
      ],
      others: null,
    },
    namespaces: {
      total: 23,
      rows: [
        {
          rank: 1,
          cluster: 'seoul',
          name: 'ai-platform',
          kind: 'named',
          energy_joules: 1641746357.772,
          mean_power_watts: 19001.693955694445,
          share_percent: 39.06395762936452,
        },
      ],
    },
    workload_types: [
      {
        rank: 1,
        cluster: null,
        name: 'training',
        kind: 'named',
        energy_joules: 2420838321.511908,
        mean_power_watts: 28018.962054535972,
        share_percent: 57.60178798107395,
      },
    ],
    accelerators: {
      boards: 120,
      step_seconds: 3600,
      idle_below_percent: 1,
      uses: {
        active: {
          board_hours: 2002,
          energy_joules: 2744813966.5170803,
          share_percent: 93.81397392253392,
        },
        allocated_idle: {
          board_hours: 168,
          energy_joules: 38995350.98142,
          share_percent: 1.3328075726432767,
        },
        unallocated: {
          board_hours: 590,
          energy_joules: 84409781.41343999,
          share_percent: 2.8850104702634938,
        },
        not_reported: {
          board_hours: 120,
          energy_joules: 57585929.64765,
          share_percent: 1.968208034559304,
        },
      },
      by_model: [
        {
          kind: 'gpu',
          vendor: 'nvidia',
          model: 'NVIDIA H100 80GB HBM3',
          boards: 48,
          energy_joules: 1960189310.0846698,
          mean_power_watts: 22687.376274128124,
          share_percent: 67.00027157394294,
          board_power_watts: 472.65367237766924,
          utilization_percent: 75.08674645390072,
          uses: {
            active: {
              board_hours: 1004,
              energy_joules: 1911826587.3654604,
              share_percent: 97.53275245047016,
            },
            allocated_idle: {
              board_hours: 80,
              energy_joules: 20160217.072979998,
              share_percent: 1.0284831658483629,
            },
            unallocated: {
              board_hours: 44,
              energy_joules: 11087775.595319998,
              share_percent: 0.5656482023586314,
            },
            not_reported: {
              board_hours: 24,
              energy_joules: 17114730.05091,
              share_percent: 0.8731161813228503,
            },
          },
        },
      ],
      idle_boards: [
        {
          cluster: 'daejeon',
          node: 'gpu-worker-1',
          device: 'GPU-a7ad74d9-b007-1e9d-576b-f38acb0cc182',
          model: 'NVIDIA H200',
          namespace: 'research',
          workload: 'workspace-q2t-qh2d6k4dt-dxqp9',
          idle_hours: 24,
          energy_joules: 6566329.09332,
        },
      ],
    },
    temperatures: [
      {
        metric: 'gpu_temperature_celsius',
        things: 88,
        mean_celsius: 53.99615350762986,
        highest_celsius: 71,
        highest_cluster: 'daejeon',
        highest_node: 'gpu-worker-1',
        highest_device: 'GPU-54231a42-c60e-f956-e17b-b7c9dbc461c1',
        highest_at: '2026-11-27T16:00:00.000Z',
      },
    ],
    efficiency: {
      pue: 1.3,
      pue_source: 'assumed',
      previous_pue: null,
      facility_energy_joules: null,
      it_energy_joules: 4202636896.775106,
      covered_seconds: 86400,
      facility_sources: [],
      gpu_utilization_percent: 62.24501617065367,
      npu_utilization_percent: 21.050986344401064,
      workload_percent: 70.01196908940878,
      idle_percent: 9.05595658592034,
      unattributed_percent: 20.932074324670886,
    },
    cost: null,
    quality: {
      status: 'complete',
      window_seconds: 86400,
      covered_seconds: 86400,
      time_coverage: 1,
      node_coverage: 0.8214285714285724,
      least_node_coverage: 0.8214285714285714,
      silent_clusters: [],
      clusters: [
        {
          cluster: 'seoul',
          status: 'ok',
          covered_seconds: 86400,
          coverage: 1,
        },
        {
          cluster: 'busan',
          status: 'ok',
          covered_seconds: 86400,
          coverage: 1,
        },
        {
          cluster: 'daejeon',
          status: 'ok',
          covered_seconds: 86400,
          coverage: 0,
        },
      ],
      gaps: [],
      excluded_samples: [],
      estimated_nodes: [],
      unmeasured_nodes: [
        {
          cluster: 'daejeon',
          node: 'control-plane-1',
        },
      ],
      warnings: [
        {
          code: 'unmatched_names',
          cluster: 'daejeon',
          detail:
            "10 names are no node's: 10.1.0.1 (dcmi), 10.1.0.2 (dcmi), 10.1.0.3 (dcmi), 10.1.0.4 (dcmi), 10.1.0.5 (dcmi), …",
        },
      ],
    },
    manifest: {
      generated_at: '2026-11-28T16:00:00.000Z',
      parameters: {
        template: 'daily',
        start_date: '2026-11-28',
        end_date: '2026-11-28',
        timezone: 'Asia/Seoul',
        clusters: null,
        lang: 'en',
      },
      clusters: [
        {
          name: 'seoul',
          status: 'ok',
        },
        {
          name: 'busan',
          status: 'ok',
        },
        {
          name: 'daejeon',
          status: 'ok',
        },
      ],
      sources: ['dcgm', 'dcmi', 'furiosa', 'kepler', 'rebellions'],
      simulated: true,
      version: '0.1.0',
      figures_sha256: '0dd764d8c43722bd20b1c013d9a01de7717305f127dce6599a77df9d9a446062',
    },
  },
  meta: {
    request_id: '6f1c7a52-9c1e-4a53-8f0e-3a1f5b0c2d44',
    observed_at: '2026-11-28T15:00:00.000Z',
    status: 'complete',
    clusters: [
      {
        name: 'seoul',
        status: 'ok',
      },
      {
        name: 'busan',
        status: 'ok',
      },
      {
        name: 'daejeon',
        status: 'ok',
      },
    ],
    warnings: [
      {
        code: 'unmatched_names',
        cluster: 'daejeon',
        detail:
          "10 names are no node's: 10.1.0.1 (dcmi), 10.1.0.2 (dcmi), 10.1.0.3 (dcmi), 10.1.0.4 (dcmi), 10.1.0.5 (dcmi), …",
      },
      {
        code: 'implausible_values',
        cluster: 'seoul',
        detail:
          '1 value of memory_temperature_celsius left out: DCGM_FI_DEV_MEMORY_TEMP{Hostname="gpu-worker-3",UUID="GPU-2fac9883-a83f-3a8f-bb2a-8b326e4009c9",gpu="5",instance="10.0.0.3:9400"} = 9223372036854776000',
      },
    ],
    simulated: true,
  },
}
