/** Every text of the page, in English and Korean. `{name}` is filled in. */
const TEXTS = {
  skip: ['Skip to the figures', '본문으로 건너뛰기'],
  language: ['Language', '언어'],
  theme: ['Theme', '테마'],
  themeAuto: ['As the system', '시스템 설정'],
  themeLight: ['Light', '밝게'],
  themeDark: ['Dark', '어둡게'],
  simulated: ['Simulated data', '시뮬레이션 데이터'],
  documentation: ['API documentation', 'API 문서'],
  connecting: ['Connecting', '연결하는 중'],
  live: ['Live', '실시간'],
  reconnecting: ['Reconnecting', '다시 연결하는 중'],
  polling: ['Polling: the stream is interrupted', '주기적 조회: 스트림이 끊겼습니다'],
  offline: ['No connection: the figures are old', '연결 없음: 지난 수치입니다'],
  refused: ['Signed out: reload the page', '로그아웃됨: 페이지를 새로 고치세요'],
  trouble: ['Data quality', '데이터 품질'],
  noTrouble: [
    'All clusters answer, and no data is missing.',
    '모든 클러스터가 응답하며 누락된 데이터가 없습니다.',
  ],
  waiting: ['Waiting for the first answer', '첫 응답을 기다리는 중'],
  silentCluster: [
    '{cluster} does not answer ({status}): its part is missing',
    '{cluster} 응답 없음({status}): 해당 값이 빠져 있습니다',
  ],
  lastSeen: ['last answer {age}', '마지막 응답 {age}'],
  lastKnown: ['last known', '마지막으로 알려진 값'],
  readingFailed: ['The last reading failed', '마지막 측정이 실패했습니다'],
  noAnswer: ['the server did not answer in time', '서버가 제때 응답하지 않았습니다'],
  partFailed: ['{part}: not available', '{part}: 조회할 수 없음'],
  unmatched: [
    '{count} names match no node: their power is in no total of nodes',
    '노드와 일치하지 않는 이름 {count}개: 노드 합계에 포함되지 않습니다',
  ],
  cluster_unavailable: ['Cluster unavailable', '클러스터 응답 없음'],
  cluster_incomplete: ['Incomplete answer', '불완전한 응답'],
  stale_data: ['Stale data', '오래된 데이터'],
  implausible_values: ['Implausible values left out', '비정상 값 제외'],
  silent_entities: ['Silent devices', '보고 없는 장치'],
  inconsistent_sources: ['Sources contradict each other', '출처 간 불일치'],
  bmc_unreachable: ['BMC unreachable', 'BMC 연결 불가'],
  unmatched_names: ['Unmatched names', '일치하지 않는 이름'],
  rates_missing: ['Rates missing', '요율 없음'],
  rates_unverified: ['Rates unverified', '검증되지 않은 요율'],
  total: ['Fleet power now', '현재 전체 전력'],
  atLeast: ['at least', '최소'],
  notKnown: ['not known', '알 수 없음'],
  coverage: [
    '{measured} of {known} nodes measured, {percent} coverage',
    '노드 {known}개 중 {measured}개 측정, 커버리지 {percent}',
  ],
  method: ['Method: {method}', '방식: {method}'],
  measured: ['Measured', '측정'],
  estimated: ['Estimated', '추정'],
  attributed: ['Attributed', '배분'],
  sources: ['Sources: {sources}', '출처: {sources}'],
  readingAge: ['Reading {age}', '측정 시각: {age}'],
  costToday: ['Cost and carbon today', '오늘의 비용과 탄소'],
  energy: ['Energy', '에너지'],
  cost: ['Cost', '비용'],
  carbon: ['Carbon', '탄소'],
  costPart: [
    '{percent} of the power is covered: these are lower bounds',
    '전력의 {percent}만 포함: 하한값입니다',
  ],
  since: ['Since {time}', '{time}부터'],
  noIntensity: [
    'not known: no carbon intensity is set',
    '알 수 없음: 탄소 집약도가 설정되지 않았습니다',
  ],
  budgets: ['Power budgets', '전력 예산'],
  noBudgets: ['No scaling policy sets a budget.', '예산을 정한 스케일링 정책이 없습니다.'],
  budgetLine: ['{now} of {budget} ({percent})', '{budget} 중 {now} ({percent})'],
  budgetAlone: ['Budget {budget}', '예산 {budget}'],
  wholeFleet: ['all clusters', '전체 클러스터'],
  chart: ['Power and forecast', '전력과 예측'],
  period: ['Period', '기간'],
  period1h: ['1 hour', '1시간'],
  period6h: ['6 hours', '6시간'],
  period24h: ['24 hours', '24시간'],
  forecast: ['Forecast', '예측'],
  band: ['80 % band', '80% 구간'],
  chartNote: [
    'Lowest {least}, highest {most}; mean coverage {percent}.',
    '최저 {least}, 최고 {most}, 평균 커버리지 {percent}.',
  ],
  forecastNote: [
    'Forecast for {time}: {power}, between {lower} and {upper}.',
    '{time} 예측: {power}, {lower}–{upper}.',
  ],
  noForecast: ['No forecast: {reason}', '예측 없음: {reason}'],
  time: ['Time', '시각'],
  lower: ['Lower', '하한'],
  upper: ['Upper', '상한'],
  asTable: ['As a table', '표로 보기'],
  breakdown: ['Where it goes', '전력 사용처'],
  by: ['By', '기준'],
  byCluster: ['Cluster', '클러스터'],
  byNamespace: ['Namespace', '네임스페이스'],
  byVendor: ['Vendor', '제조사'],
  byResource: ['Resource', '자원'],
  byWorkload: ['Kind of workload', '워크로드 종류'],
  byNode: ['Node', '노드'],
  name: ['Name', '이름'],
  power: ['Power', '전력'],
  share: ['Share', '비율'],
  others: ['{count} others', '그 밖의 {count}개'],
  idle: ['Idle', '유휴'],
  unattributed: ['Unattributed', '미배분'],
  sum: ['Total', '합계'],
  doesNotAddUp: [
    'The rows and the total differ by {power}.',
    '행의 합과 합계가 {power} 차이 납니다.',
  ],
  consumers: ['Top consumers', '전력 상위 파드'],
  pod: ['Pod', '파드'],
  heat: ['GPUs and NPUs', 'GPU와 NPU'],
  measure: ['Measure', '지표'],
  utilization: ['Utilization', '사용률'],
  temperature: ['Temperature', '온도'],
  notReported: ['Not reported', '보고 없음'],
  heatHelp: [
    'Point at a cell, or focus the map and use the arrow keys, Home and End.',
    '셀을 가리키거나, 지도에 초점을 두고 화살표 키, Home, End를 누르세요.',
  ],
  heatNote: [
    '{count} accelerators, {silent} without this figure',
    '가속기 {count}개, 이 수치가 없는 가속기 {silent}개',
  ],
  heatPart: ['{count} of {all} accelerators are shown', '가속기 {all}개 중 {count}개를 표시합니다'],
  noAccelerators: ['No accelerators are reported.', '보고된 가속기가 없습니다.'],
  node: ['Node', '노드'],
  devices: ['Devices', '장치 수'],
  clusters: ['Clusters', '클러스터'],
  cluster: ['Cluster', '클러스터'],
  region: ['Region', '지역'],
  status: ['Status', '상태'],
  lastAnswer: ['Last answer', '마지막 응답'],
  never: ['never', '없음'],
} as const satisfies Readonly<Record<string, readonly [en: string, ko: string]>>

export type TextKey = keyof typeof TEXTS
export const LANGUAGES = ['en', 'ko'] as const
export type Language = (typeof LANGUAGES)[number]

let language: Language = 'en'

/** The language that the page is in. */
export const languageNow = (): Language => language

/** Turns the page to a language: all that `index.html` marks, and whatever is made after. */
export function speak(chosen: Language): void {
  language = chosen
  document.documentElement.lang = chosen
  for (const marked of document.querySelectorAll<HTMLElement>('[data-text]'))
    if (isTextKey(marked.dataset['text'])) marked.textContent = text(marked.dataset['text'])
}

/** A text in the language of the page. */
export function text(key: TextKey, values: Readonly<Record<string, string | number>> = {}): string {
  const written: string = TEXTS[key][LANGUAGES.indexOf(language) === 1 ? 1 : 0]
  return written.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))
}

/** The text of a word of the API, or the word itself where the page has none. */
export const wordOf = (word: string): string => (isTextKey(word) ? text(word) : word)

const isTextKey = (key: string | undefined): key is TextKey =>
  key !== undefined && Object.hasOwn(TEXTS, key)
