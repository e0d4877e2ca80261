import type { z } from 'zod'
import type { metricSeriesSchema, powerSeriesSchema, temperatureSeriesSchema } from './schemas.ts'

/** Answers of the demo, as the documentation shows them. */
export const SERIES_EXAMPLES = {
  power: {
    metric: 'power_watts',
    unit: 'watts',
    by: 'total',
    start: '2026-11-20T21:12:00.000Z',
    end: '2026-11-20T21:15:00.000Z',
    step_seconds: 60,
    coverage: { mean: 1, least: 1 },
    series: [
      {
        key: {},
        points: [
          [1795209120, 35347],
          [1795209180, 35371],
          [1795209240, 35349],
          [1795209300, 35374],
        ],
        sources: ['dcgm', 'dcmi', 'furiosa', 'kepler', 'rebellions'],
      },
    ],
  },
  metrics: {
    metric: 'gpu_utilization_percent',
    unit: 'percent',
    start: '2026-11-20T21:12:00.000Z',
    end: '2026-11-20T21:15:00.000Z',
    step_seconds: 60,
    aggregation: 'avg',
    by: 'cluster',
    series: [
      {
        key: { cluster: 'seoul' },
        points: [
          [1795209120, 77.38297872340425],
          [1795209180, 77.38297872340425],
          [1795209240, 77.38297872340425],
          [1795209300, 77.42553191489361],
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
        start: '2026-11-20T21:12:00.000Z',
        end: '2026-11-20T21:15:00.000Z',
        step_seconds: 60,
        series: [
          {
            key: { cluster: 'seoul' },
            points: [
              [1795209120, 70],
              [1795209180, 70],
              [1795209240, 70],
              [1795209300, 70],
            ],
            sources: ['dcgm'],
          },
        ],
      },
      {
        metric: 'memory_temperature_celsius',
        unit: 'celsius',
        start: '2026-11-20T21:12:00.000Z',
        end: '2026-11-20T21:15:00.000Z',
        step_seconds: 60,
        series: [
          {
            key: { cluster: 'seoul' },
            points: [
              [1795209120, 75],
              [1795209180, 75],
              [1795209240, 75],
              [1795209300, 75],
            ],
            sources: ['dcgm'],
          },
        ],
      },
      {
        metric: 'npu_temperature_celsius',
        unit: 'celsius',
        start: '2026-11-20T21:12:00.000Z',
        end: '2026-11-20T21:15:00.000Z',
        step_seconds: 60,
        series: [
          {
            key: { cluster: 'seoul' },
            points: [
              [1795209120, 50],
              [1795209180, 50.654],
              [1795209240, 50.984],
              [1795209300, 50.697],
            ],
            sources: ['furiosa', 'rebellions'],
          },
        ],
      },
      {
        metric: 'temperature_celsius',
        unit: 'celsius',
        start: '2026-11-20T21:12:00.000Z',
        end: '2026-11-20T21:15:00.000Z',
        step_seconds: 60,
        series: [
          {
            key: { cluster: 'seoul' },
            points: [
              [1795209120, 70],
              [1795209180, 70],
              [1795209240, 70],
              [1795209300, 70],
            ],
            sources: ['ipmi'],
          },
        ],
      },
    ],
  },
} satisfies {
  power: z.input<typeof powerSeriesSchema>
  metrics: z.input<typeof metricSeriesSchema>
  temperature: z.input<typeof temperatureSeriesSchema>
}
