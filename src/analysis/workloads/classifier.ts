import { groupBy } from '../power/group.ts'
import {
  FOREST_OPTIONS,
  growForest,
  likelihoods,
  type Forest,
  type ForestOptions,
} from '../trees/forest.ts'
import { calibrated, calibrationOf, type Calibration } from './calibration.ts'
import { heldOut, likeliest, type Held } from './cross-validation.ts'
import { isSeen, trainedOn, type Seen } from './novelty.ts'
import { foldPerGroup, groupedFolds, scoresOf, type ClassScores } from './scores.ts'
import { WORKLOAD_TYPES, type KnownType } from './workload-type.ts'

/** One window of a workload whose type is known. */
export interface LabelledWindow {
  readonly features: readonly number[]
  readonly type: KnownType
  /** What belongs together and is never split between learning and judging: a job, the pods of one owner. */
  readonly group: string
  /** Where it ran: a cluster or a system. */
  readonly site: string
}

/** A classifier that has learnt, as it is kept. */
export interface ClassifierModel {
  readonly format: 1
  readonly features: readonly string[]
  readonly classes: readonly KnownType[]
  readonly forest: Forest
  readonly calibration: Calibration
  readonly seen: Seen
  readonly scores: ModelScores
}

/** What a model is worth at windows that it has not seen. */
export interface ModelScores {
  readonly windows: number
  readonly groups: number
  readonly sites: number
  /** In folds that keep groups whole: another job at the same sites. */
  readonly grouped: ClassScores
  /** Each site by a model of the others: a place where it has never been. Null with one site. */
  readonly unseen_site: ClassScores | null
}

/** Why nothing could be learnt. */
export interface TooLittle {
  readonly reason: string
}

const FOLDS = 5
/** A type of fewer groups than this cannot be judged in folds. */
const LEAST_GROUPS = 3

/** Learns the types of workloads from windows whose type is known, and says what that is worth. */
export function trainClassifier(
  windows: readonly LabelledWindow[],
  features: readonly string[],
  options: ForestOptions = FOREST_OPTIONS,
): ClassifierModel | TooLittle {
  const usable = ofEnoughGroups(windows)
  const classes = WORKLOAD_TYPES.filter(
    (type) => type !== 'unknown' && usable.some((window) => window.type === type),
  ) as KnownType[]
  if (classes.length < 2)
    return {
      reason: `windows of at least two types are needed, each of ${LEAST_GROUPS} or more workloads; there are ${describe(windows)}`,
    }
  return learnt({ windows: usable, classes, features }, options)
}

interface Lesson {
  readonly windows: readonly LabelledWindow[]
  readonly classes: readonly KnownType[]
  readonly features: readonly string[]
}

function learnt({ windows, classes, features }: Lesson, options: ForestOptions): ClassifierModel {
  const rows = windows.map((window) => window.features)
  const labelled = {
    rows,
    classes: windows.map(({ type }) => classes.indexOf(type)),
    classCount: classes.length,
  }
  const groups = windows.map(({ group }) => group)
  const sites = windows.map(({ site }) => site)
  const folds = groupedFolds(groups, labelled.classes, { folds: FOLDS, seed: options.seed })
  const held = heldOut(labelled, folds, options)
  const elsewhere = new Set(sites).size < 2 ? null : heldOut(labelled, foldPerGroup(sites), options)
  return {
    format: 1,
    features,
    classes,
    forest: growForest(labelled, options),
    calibration: calibrationOf(held.map(certaintyOf)),
    seen: trainedOn(rows),
    scores: {
      windows: windows.length,
      groups: new Set(groups).size,
      sites: new Set(sites).size,
      grouped: scored(held, classes),
      unseen_site: elsewhere === null ? null : scored(elsewhere, classes),
    },
  }
}

function ofEnoughGroups(windows: readonly LabelledWindow[]): readonly LabelledWindow[] {
  return [...groupBy(windows, ({ type }) => type).values()]
    .filter((own) => new Set(own.map(({ group }) => group)).size >= LEAST_GROUPS)
    .flat()
}

function describe(windows: readonly LabelledWindow[]): string {
  if (windows.length === 0) return 'none with a declared type'
  return [...groupBy(windows, ({ type }) => type)]
    .map(([type, own]) => `${new Set(own.map(({ group }) => group)).size} of ${type}`)
    .join(', ')
}

function certaintyOf({ actual, likelihoods: shares }: Held) {
  const best = likeliest(shares)
  return { said: shares[best] ?? 0, right: best === actual }
}

const scored = (held: readonly Held[], classes: readonly string[]): ClassScores =>
  scoresOf(
    held.map(({ actual, likelihoods: shares }) => ({ actual, predicted: likeliest(shares) })),
    classes,
  )

/** What a model says of a window. */
export interface Judgement {
  readonly type: KnownType
  /** How often such a judgement is right at workloads that were not learnt from, 0–1. */
  readonly probability: number
  /** Each type with what the trees say, the likeliest first. */
  readonly votes: readonly { readonly type: KnownType; readonly share: number }[]
  /** Null for a window like those that were learnt from; else how it differs. */
  readonly novel: string | null
}

/** Judges one window, given as features in the order of the model. */
export function judge(model: ClassifierModel, features: readonly number[]): Judgement {
  const shares = likelihoods(model.forest, features)
  const best = likeliest(shares)
  const votes = model.classes
    .map((type, index) => ({ type, share: shares[index] ?? 0 }))
    .sort((a, b) => b.share - a.share)
  return {
    type: model.classes[best] ?? votes[0]?.type ?? 'batch',
    probability: calibrated(model.calibration, shares[best] ?? 0),
    votes,
    novel: isSeen(model, features),
  }
}
