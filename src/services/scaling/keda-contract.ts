// The contract of KEDA's external scalers (package `externalscaler`), as the descriptor that the loader reads.

const field = (type: string, id: number) => ({ type, id })
const many = (type: string, id: number) => ({ type, id, rule: 'repeated' })
const method = (requestType: string, responseType: string) => ({ requestType, responseType })

/** What an external scaler of KEDA has to answer. */
export const KEDA_CONTRACT = {
  nested: {
    externalscaler: {
      nested: {
        ExternalScaler: {
          methods: {
            IsActive: method('ScaledObjectRef', 'IsActiveResponse'),
            StreamIsActive: {
              ...method('ScaledObjectRef', 'IsActiveResponse'),
              responseStream: true,
            },
            GetMetricSpec: method('ScaledObjectRef', 'GetMetricSpecResponse'),
            GetMetrics: method('GetMetricsRequest', 'GetMetricsResponse'),
          },
        },
        ScaledObjectRef: {
          fields: {
            name: field('string', 1),
            namespace: field('string', 2),
            scalerMetadata: { keyType: 'string', type: 'string', id: 3 },
          },
        },
        IsActiveResponse: { fields: { result: field('bool', 1) } },
        GetMetricSpecResponse: { fields: { metricSpecs: many('MetricSpec', 1) } },
        MetricSpec: {
          fields: {
            metricName: field('string', 1),
            targetSize: field('int64', 2),
            targetSizeFloat: field('double', 3),
          },
        },
        GetMetricsRequest: {
          fields: {
            scaledObjectRef: field('ScaledObjectRef', 1),
            metricName: field('string', 2),
          },
        },
        GetMetricsResponse: { fields: { metricValues: many('MetricValue', 1) } },
        MetricValue: {
          fields: {
            metricName: field('string', 1),
            metricValue: field('int64', 2),
            metricValueFloat: field('double', 3),
          },
        },
      },
    },
  },
}
