import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSelfMetrics } from '../../src/http/self-metrics.ts'
import { requireReal } from '../support/real-prometheus.ts'

const RULES = resolve('docs/manifests/prometheus-rules.yaml')
const PROMTOOL = 'promtool'
const run = promisify(execFile)

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rules-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

/** Everything that a server can tell of itself, each with something to tell. */
async function ownMetrics(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const metrics = createSelfMetrics()
  metrics.request({ method: 'GET', route: '/x', status: 500, seconds: 0.1 })
  metrics.streamClosed('slow')
  metrics.clustersWatched(() => [{ name: 'seoul', status: 'ok', circuit: 'closed' }])
  metrics.alertsWatched(() =>
    Promise.resolve({
      states: ['firing'],
      waiting: [{ receiver: 'hook', count: 1, seconds: 5 }],
    }),
  )
  metrics.alertDelivered('hook', 'failed')
  metrics.alertRule({ outcome: 'failed', seconds: 1, cut: 0 })
  metrics.alertTurn({ seconds: 1, skipped: 1 })
  metrics.delivered('webhook', 'failed')
  metrics.forecastBefell('drift')
  const sink = {
    ...{ name: 'redis', delivered_rows: 1, retries: 1, dropped_rows: 1, refused_rows: 1 },
    ...{ queued_bytes: 1, lag_seconds: 1 },
  }
  metrics.collector(() => ({
    ...{ lag_seconds: 5, collected_intervals: 1, failures: 1 },
    sinks: [sink],
  }))
  const found = new Map<string, Set<string>>()
  for (const [, name = '', labels = ''] of (await metrics.text()).matchAll(
    /^([a-zA-Z_:]\w*)(?:\{(.*)\})? /gm,
  )) {
    const known = found.get(name) ?? new Set()
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) known.add(label)
    found.set(name, known)
  }
  return found
}

/** What Prometheus adds to everything that it scrapes. */
const SCRAPED = new Set(['job', 'instance'])

describe('the rules for a Prometheus that scrapes the service', () => {
  it('name metrics and labels that the service has', async () => {
    const own = await ownMetrics()
    const text = await readFile(RULES, 'utf8')
    const expressions = [...text.matchAll(/expr: (?:\|\n((?: {10,}.*\n)+)|(.*)\n)/g)].map(
      ([, block = '', line = '']) => block + line,
    )
    expect(expressions).toHaveLength([...text.matchAll(/- alert:/g)].length)
    for (const expression of expressions) {
      const names = [...expression.matchAll(/\b([a-z]+(?:_[a-z0-9]+)+)\b(?=[{[)])/g)]
        .map(([, name = '']) => name)
        .filter((name) => name !== 'histogram_quantile')
      if (expression.startsWith('up{')) continue
      expect(names, expression).not.toEqual([])
      const labels = names.flatMap((name) => {
        const known = own.get(name)
        expect(known, `${name} is a metric of the service`).toBeDefined()
        return [...(known ?? [])]
      })
      const used = [
        ...[...expression.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) =>
          list.split(/, */),
        ),
        ...[...expression.matchAll(/(\w+)=~?"/g)].map(([, label = '']) => label),
      ]
      for (const label of used)
        expect(SCRAPED.has(label) || labels.includes(label), `${label} of ${expression}`).toBe(true)
    }
  })

  describe.skipIf(!requireReal(PROMTOOL, 'prometheus'))('by promtool', () => {
    it('are rules', async () => {
      const { stdout } = await run(PROMTOOL, [
        'check',
        'rules',
        '--lint=all',
        '--lint-fatal',
        RULES,
      ])
      expect(stdout).toMatch(/SUCCESS: 13 rules found/)
    })

    it('fire when they should, and not before', async () => {
      const fires = (alertname: string, at: string, exp: readonly Record<string, string>[]) => ({
        eval_time: at,
        alertname,
        exp_alerts: exp.map((labels) => ({ exp_labels: labels })),
      })
      const job = 'job="kcloud-monitor"'
      const server = `${job},instance="a:8001"`
      const one = { job: 'kcloud-monitor', instance: 'a:8001' }
      const series = (name: string, values: string) => ({ series: name, values })
      // Texts are for people, and promtool would have them compared too.
      const bare = join(dir, 'rules.yaml')
      const text = await readFile(RULES, 'utf8')
      await writeFile(bare, text.replaceAll(/^ {8}annotations:\n(?: {10}.*\n)+/gm, ''))
      const test = {
        rule_files: [bare],
        evaluation_interval: '1m',
        tests: [
          {
            interval: '1m',
            input_series: [
              series(`up{${server}}`, '1 1 1 1 1 0x20'),
              series(
                `api_requests_total{${server},method="GET",route="/x",status="200"}`,
                '0+60x60',
              ),
              series(
                `api_requests_total{${server},method="GET",route="/x",status="503"}`,
                '0x20 0+60x40',
              ),
              series(
                `api_errors_total{${server},method="GET",route="/x",status="503"}`,
                '0x20 0+60x40',
              ),
              series(`api_request_duration_seconds_bucket{${server},le="5"}`, '0+60x20 1200x40'),
              series(`api_request_duration_seconds_bucket{${server},le="10"}`, '0+60x60'),
              series(`api_request_duration_seconds_bucket{${server},le="+Inf"}`, '0+60x60'),
              series(`cluster_up{${server},cluster="seoul"}`, '1x20 0x40'),
              series(`cluster_up{${job},instance="b:8001",cluster="seoul"}`, '1x30 0x30'),
              series(`cluster_up{${server},cluster="busan"}`, '1x60'),
              series(`cluster_circuit_open{${server},cluster="seoul"}`, '0x20 1x40'),
              series(`collector_lag_seconds{${server}}`, '0+60x60'),
              series(`collector_rows_dropped_total{${server},sink="redis"}`, '0x40 10x20'),
              series(`alert_outbox_age_seconds{${server},receiver="chat"}`, '0x10 0+60x50'),
              series(
                `alert_deliveries_total{${server},receiver="chat",outcome="failed"}`,
                '0x40 1x20',
              ),
              series(
                `scaling_deliveries_total{${server},kind="webhook",outcome="failed"}`,
                '0x40 1x20',
              ),
              series(`alert_rule_evaluations_total{${server},outcome="timeout"}`, '0x10 0+2x50'),
              series(`alert_rules_skipped_total{${server}}`, '0x60'),
              series(`streams_closed_total{${server},code="slow"}`, '0x20 0+5x40'),
              series(`forecast_events_total{${server},kind="drift"}`, '0x40 1x20'),
            ],
            alert_rule_test: [
              fires('KCloudMonitorDown', '4m', []),
              fires('KCloudMonitorDown', '8m', [{ severity: 'critical', ...one }]),
              fires('KCloudErrorRate', '20m', []),
              fires('KCloudErrorRate', '35m', [{ severity: 'warning', ...one }]),
              fires('KCloudSlowAnswers', '20m', []),
              fires('KCloudSlowAnswers', '50m', [{ severity: 'warning', ...one }]),
              // One server still reaches it.
              fires('KCloudClusterDown', '29m', []),
              fires('KCloudClusterDown', '40m', [
                { severity: 'warning', job: 'kcloud-monitor', cluster: 'seoul' },
              ]),
              fires('KCloudCircuitOpen', '20m', []),
              fires('KCloudCircuitOpen', '35m', [
                { severity: 'warning', job: 'kcloud-monitor', cluster: 'seoul' },
              ]),
              fires('KCloudCollectorLag', '15m', []),
              fires('KCloudCollectorLag', '25m', [{ severity: 'warning', job: 'kcloud-monitor' }]),
              fires('KCloudCollectorDrops', '35m', []),
              fires('KCloudCollectorDrops', '45m', [
                { severity: 'critical', job: 'kcloud-monitor', sink: 'redis' },
              ]),
              fires('KCloudOutboxStuck', '20m', []),
              fires('KCloudOutboxStuck', '40m', [
                { severity: 'critical', job: 'kcloud-monitor', receiver: 'chat' },
              ]),
              fires('KCloudDeliveriesFailed', '35m', []),
              fires('KCloudDeliveriesFailed', '45m', [
                { severity: 'critical', job: 'kcloud-monitor', receiver: 'chat' },
              ]),
              fires('KCloudScalingDeliveriesFailed', '45m', [
                { severity: 'warning', job: 'kcloud-monitor', kind: 'webhook' },
              ]),
              fires('KCloudAlertRulesNotEvaluated', '10m', []),
              fires('KCloudAlertRulesNotEvaluated', '45m', [
                { severity: 'warning', job: 'kcloud-monitor' },
              ]),
              fires('KCloudStreamDrops', '20m', []),
              fires('KCloudStreamDrops', '35m', [{ severity: 'warning', ...one }]),
              fires('KCloudForecastDrift', '35m', []),
              fires('KCloudForecastDrift', '45m', [{ severity: 'info', job: 'kcloud-monitor' }]),
            ],
          },
        ],
      }
      const file = join(dir, 'tests.json')
      await writeFile(file, JSON.stringify(test))
      const failure = await run(PROMTOOL, ['test', 'rules', file]).then(
        () => null,
        (error: unknown) => (error as { readonly stdout: string }).stdout + String(error),
      )
      expect(failure).toBeNull()
    })
  })
})
