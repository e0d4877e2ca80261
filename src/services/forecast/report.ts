import { z } from 'zod'
import type { Assessment } from '../../analysis/forecast/assess.ts'
import type { Scores } from '../../analysis/forecast/scores.ts'

/** What a version is known to be worth, as it stands on the wire and in its manifest. */
export interface ModelMetrics {
  readonly backtest: {
    readonly origins: number
    readonly days: number
    readonly fitted_on_points: number
  }
  readonly scores: NamedScores
  readonly member_scores: readonly (NamedScores & { readonly member: string })[]
  readonly skill_vs_persistence: number | null
  readonly skill_vs_seasonal_naive: number | null
  readonly coverage: readonly { readonly level: number; readonly share: number | null }[]
  readonly members: readonly { readonly name: string; readonly weight: number }[]
}

interface NamedScores {
  readonly rmse_watts: number | null
  readonly mae_watts: number | null
  readonly mape_percent: number | null
  readonly wape_percent: number | null
  readonly mase: number | null
}

/** An assessment as figures with names. */
export function metricsOf({ backtest, weights }: Assessment): ModelMetrics {
  return {
    backtest: {
      origins: backtest.origins,
      days: backtest.days,
      fitted_on_points: backtest.fittedOn,
    },
    scores: named(backtest.combination),
    member_scores: [...backtest.members].map(([member, scores]) => ({ member, ...named(scores) })),
    skill_vs_persistence: backtest.skillAgainstPersistence,
    skill_vs_seasonal_naive: backtest.skillAgainstSeasonalNaive,
    coverage: [...backtest.coverage].map(([level, share]) => ({ level, share })),
    members: [...weights].map(([name, weight]) => ({ name, weight })),
  }
}

const NO_SCORES: NamedScores = {
  rmse_watts: null,
  mae_watts: null,
  mape_percent: null,
  wape_percent: null,
  mase: null,
}

function named(scores: Scores | null): NamedScores {
  if (scores === null) return NO_SCORES
  const { rmse, mae, mape, wape, mase } = scores
  return { rmse_watts: rmse, mae_watts: mae, mape_percent: mape, wape_percent: wape, mase }
}

const TRAINED = z.object({ scores: z.object({ rmse_watts: z.number().nullable() }) })

/** The error that a version was trained to, by the metrics of its manifest; null where they do not say. */
export function trainedRmse(metrics: unknown): number | null {
  const read = TRAINED.safeParse(metrics)
  return read.success ? read.data.scores.rmse_watts : null
}
