import type { CostModel, Term } from '../../analysis/cost/models.ts'
import type { Template } from '../../analysis/report/period.ts'
import type { PartName, TemperatureMetric, Use } from '../../analysis/report/report.ts'

export const LANGUAGES = ['en', 'ko'] as const

export type Language = (typeof LANGUAGES)[number]

/** Everything that a report says in words. */
export interface Texts {
  readonly title: string
  readonly templates: Readonly<Record<Template, string>>
  readonly notReported: string
  readonly period: string
  readonly previousPeriod: string
  readonly timezone: string
  readonly allClusters: string
  readonly cluster: string
  readonly clusters: string
  readonly generated: string
  readonly page: (page: number, pages: number) => string
  readonly notOver: string
  readonly simulated: string
  readonly partial: (names: string) => string
  readonly change: string
  readonly against: string
  readonly figure: string
  readonly current: string
  readonly previous: string
  readonly energy: string
  readonly meanPower: string
  readonly peakDemand: string
  readonly gpuUtilization: string
  readonly npuUtilization: string
  readonly pue: string
  readonly coverage: string
  readonly powerTrend: string
  readonly energyByDay: string
  readonly energyByWeek: string
  readonly day: string
  readonly week: string
  readonly hours: string
  readonly peak: string
  readonly peakTime: string
  readonly demand: string
  readonly demandText: (minutes: string) => string
  readonly lowest: string
  readonly loadFactor: string
  readonly composition: string
  readonly part: string
  readonly parts: Readonly<Record<PartName, string>>
  readonly share: string
  readonly nodes: string
  readonly node: string
  readonly accelerators: string
  readonly namespaces: string
  readonly namespace: string
  readonly workloadTypes: string
  readonly workloadType: string
  readonly idle: string
  readonly unattributed: string
  readonly others: string
  readonly unplaced: string
  readonly byModel: string
  readonly model: string
  readonly boards: string
  readonly wattsEach: string
  readonly utilization: string
  readonly use: string
  readonly uses: Readonly<Record<Use, string>>
  readonly usesNote: (percent: string, hours: string) => string
  readonly idleBoards: string
  readonly noIdleBoards: string
  readonly device: string
  readonly holder: string
  readonly idleHours: string
  readonly temperature: string
  readonly temperatures: Readonly<Record<TemperatureMetric, string>>
  readonly measuredThings: string
  readonly mean: string
  readonly highest: string
  readonly where: string
  readonly when: string
  readonly efficiency: string
  readonly pueSources: Readonly<Record<'measured' | 'assumed' | 'none', string>>
  readonly pueShort: Readonly<Record<'measured' | 'assumed' | 'none', string>>
  readonly facilityEnergy: string
  readonly itEnergy: string
  readonly workloadShare: string
  readonly costAndCarbon: string
  readonly totalCost: string
  readonly costPerKwh: string
  readonly costModels: Readonly<Record<CostModel, string>>
  readonly costTerms: Readonly<Record<Term, string>>
  readonly tariff: string
  readonly carbonSource: string
  readonly carbon: string
  readonly quality: string
  readonly status: string
  readonly complete: string
  readonly incomplete: string
  readonly timeCoverage: string
  readonly nodeCoverage: string
  readonly leastNodeCoverage: string
  readonly silentClusters: string
  readonly none: string
  readonly gaps: string
  readonly excluded: string
  readonly estimatedNodes: string
  readonly unmeasuredNodes: string
  readonly warnings: string
  readonly measured: string
  readonly estimated: string
  readonly estimatedNote: string
  readonly method: string
  readonly sources: string
  readonly manifest: string
  readonly parameter: string
  readonly value: string
  readonly template: string
  readonly version: string
  readonly checksum: string
  readonly manifestNote: string
  readonly rank: string
  readonly name: string
  readonly unit: string
  readonly time: string
  readonly detail: string
  readonly more: (count: string) => string
  readonly statuses: Readonly<Record<string, string>>
  readonly codes: Readonly<Record<string, string>>
  readonly sheets: Readonly<
    Record<
      'summary' | 'breakdown' | 'accelerators' | 'infrastructure' | 'series' | 'manifest',
      string
    >
  >
}
