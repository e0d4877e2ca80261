import type { z } from 'zod'
import type { metricSeriesSchema, powerSeriesSchema, temperatureSeriesSchema } from './schemas.ts'

/** Answers of the demo, as the documentation shows them; a test holds them against it. */
export const SERIES_EXAMPLES: {
  readonly power: z.input<typeof powerSeriesSchema>
  readonly metrics: z.input<typeof metricSeriesSchema>
  readonly temperature: z.input<typeof temperatureSeriesSchema>
} = {
  power: {
    metric: 'power_watts',
    unit: 'watts',
    by: 'total',
    start: '2026-11-20T04:57:00.000Z',
    end: '2026-11-20T05:00:00.000Z',
    step_seconds: 60,
    coverage: { mean: 0.8333333333333334, least: 0.8333333333333334 },
    series: [
      {
        key: {},
        points: [
          [1795150620, 51733.426683],
          [1795150680, 51694.296187],
          [1795150740, 51693.997997],
          [1795150800, 51653.347855],
        ],
        sources: ['dcgm', 'dcmi', 'furiosa', 'kepler', 'rebellions'],
      },
    ],
  },
  metrics: {
    metric: 'power_watts',
    unit: 'watts',
    start: '2026-11-20T04:57:00.000Z',
    end: '2026-11-20T05:00:00.000Z',
    step_seconds: 60,
    aggregation: 'sum',
    by: 'vendor',
    series: [
      {
        key: { cluster: 'busan', vendor: 'nvidia' },
        points: [
          [1795150620, 3754.377621],
          [1795150680, 3750.616799],
          [1795150740, 3742.157016],
          [1795150800, 3752.933179],
        ],
        sources: ['dcgm'],
      },
      {
        key: { cluster: 'daejeon', vendor: 'nvidia' },
        points: [
          [1795150620, 7459.484683],
          [1795150680, 7466.758187],
          [1795150740, 7464.664997],
          [1795150800, 7466.151855],
        ],
        sources: ['dcgm'],
      },
      {
        key: { cluster: 'seoul', vendor: 'nvidia' },
        points: [
          [1795150620, 22659.076505],
          [1795150680, 22636.80772],
          [1795150740, 22652.716149],
          [1795150800, 22624.122019],
        ],
        sources: ['dcgm'],
      },
    ],
  },
  temperature: {
    by: 'cluster',
    aggregation: 'max',
    timeseries: [
      {
        metric: 'gpu_temperature_celsius',
        unit: 'celsius',
        start: '2026-11-20T04:57:00.000Z',
        end: '2026-11-20T05:00:00.000Z',
        step_seconds: 60,
        series: [
          {
            key: { cluster: 'daejeon' },
            points: [
              [1795150620, 70],
              [1795150680, 70],
              [1795150740, 70],
              [1795150800, 70],
            ],
            sources: ['dcgm'],
          },
        ],
      },
      {
        metric: 'memory_temperature_celsius',
        unit: 'celsius',
        start: '2026-11-20T04:57:00.000Z',
        end: '2026-11-20T05:00:00.000Z',
        step_seconds: 60,
        series: [
          {
            key: { cluster: 'daejeon' },
            points: [
              [1795150620, 75],
              [1795150680, 75],
              [1795150740, 75],
              [1795150800, 75],
            ],
            sources: ['dcgm'],
          },
        ],
      },
      {
        metric: 'npu_temperature_celsius',
        unit: 'celsius',
        start: '2026-11-20T04:57:00.000Z',
        end: '2026-11-20T05:00:00.000Z',
        step_seconds: 60,
        series: [
          {
            key: { cluster: 'daejeon' },
            points: [
              [1795150620, 61.282],
              [1795150680, 61.182],
              [1795150740, 61.481],
              [1795150800, 61.244],
            ],
            sources: ['furiosa'],
          },
        ],
      },
      {
        metric: 'temperature_celsius',
        unit: 'celsius',
        start: '2026-11-20T04:57:00.000Z',
        end: '2026-11-20T05:00:00.000Z',
        step_seconds: 60,
        series: [
          {
            key: { cluster: 'daejeon' },
            points: [
              [1795150620, 70],
              [1795150680, 70],
              [1795150740, 70],
              [1795150800, 70],
            ],
            sources: ['ipmi'],
          },
        ],
      },
    ],
  },
}
