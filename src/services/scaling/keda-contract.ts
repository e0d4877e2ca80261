// The contract of KEDA's external scalers (package `externalscaler`), as the descriptor that the loader reads.

type Fields = Readonly<Record<string, readonly [type: string, id: number]>>
type Entry = readonly [name: string, descriptor: object]

/** A message with its fields: `…[]` is repeated, and `map` is a map of texts. */
function message(name: string, fields: Fields): Entry {
  const entries = Object.entries(fields).map(([field, [type, id]]) => [field, fieldOf(type, id)])
  return [name, { fields: Object.fromEntries(entries) as object }]
}

function fieldOf(type: string, id: number): object {
  if (type === 'map') return { keyType: 'string', type: 'string', id }
  return type.endsWith('[]') ? { type: type.slice(0, -2), id, rule: 'repeated' } : { type, id }
}

const method = (name: string, requestType: string, responseType: string): Entry => [
  name,
  { requestType, responseType },
]

const METHODS: readonly Entry[] = [
  method('IsActive', 'ScaledObjectRef', 'IsActiveResponse'),
  [
    'StreamIsActive',
    { requestType: 'ScaledObjectRef', responseType: 'IsActiveResponse', responseStream: true },
  ],
  method('GetMetricSpec', 'ScaledObjectRef', 'GetMetricSpecResponse'),
  method('GetMetrics', 'GetMetricsRequest', 'GetMetricsResponse'),
]

const PARTS: readonly Entry[] = [
  ['ExternalScaler', { methods: Object.fromEntries(METHODS) }],
  message('ScaledObjectRef', {
    name: ['string', 1],
    namespace: ['string', 2],
    scalerMetadata: ['map', 3],
  }),
  message('IsActiveResponse', { result: ['bool', 1] }),
  message('GetMetricSpecResponse', { metricSpecs: ['MetricSpec[]', 1] }),
  message('MetricSpec', {
    metricName: ['string', 1],
    targetSize: ['int64', 2],
    targetSizeFloat: ['double', 3],
  }),
  message('GetMetricsRequest', {
    scaledObjectRef: ['ScaledObjectRef', 1],
    metricName: ['string', 2],
  }),
  message('GetMetricsResponse', { metricValues: ['MetricValue[]', 1] }),
  message('MetricValue', {
    metricName: ['string', 1],
    metricValue: ['int64', 2],
    metricValueFloat: ['double', 3],
  }),
]

/** What an external scaler of KEDA has to answer. */
export const KEDA_CONTRACT = {
  nested: { externalscaler: { nested: Object.fromEntries(PARTS) } },
}
