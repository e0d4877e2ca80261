import type { LabelPair } from './pods.ts'
import type { Line } from './series.ts'
import type { Target } from './targets.ts'

/**
 * The labels under which Prometheus stores a line of a target (`scrape/scrape.go`, mutateSampleLabels): those of
 * the target are added. Where both have one, the exporter's wins with `honor_labels`, even when it is empty;
 * without, it is kept as `exported_*`. Empty labels are dropped.
 */
export function storedLabels(line: Line, target: Target): readonly LabelPair[] {
  const merged = target.honorLabels ? honoured(line, target) : renamed(line, target)
  return merged.filter(([, value]) => value !== '')
}

function honoured({ labels }: Line, target: Target): readonly LabelPair[] {
  const own = new Set(labels.map(([name]) => name))
  return [...labels, ...target.labels.filter(([name]) => !own.has(name))]
}

function renamed({ labels }: Line, target: Target): readonly LabelPair[] {
  const taken = new Set(target.labels.map(([name]) => name))
  const kept = labels.map(([name, value]): LabelPair => {
    return [taken.has(name) ? `exported_${name}` : name, value]
  })
  return [...kept, ...target.labels]
}
