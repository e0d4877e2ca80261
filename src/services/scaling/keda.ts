import {
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceDefinition,
  type UntypedHandleCall,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { fromJSON } from '@grpc/proto-loader'
import { KCloudError } from '../../kernel/errors.ts'
import type { ScalingMetric } from './metric.ts'
import { KEDA_CONTRACT } from './keda-contract.ts'

export interface KedaOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Null speaks in the clear. With a `ca` only clients are answered that it vouches for. */
  readonly tls: KedaTls | null
  readonly metric: (policy: string, signal: AbortSignal) => Promise<ScalingMetric>
  /** How often those are told who watch whether a policy is active. */
  readonly watchSeconds: number
  readonly onError: (error: unknown) => void
}

export interface KedaTls {
  readonly cert: Buffer
  readonly key: Buffer
  readonly ca: Buffer | null
}

/** An external scaler of KEDA that listens. */
export interface KedaServer {
  readonly port: number
  close(): Promise<void>
}

interface Ref {
  readonly scalerMetadata?: Readonly<Record<string, string>>
}

interface MetricsRequest {
  readonly scaledObjectRef?: Ref | null
  /** Empty where it is not said. */
  readonly metricName: string
}

/** Answers KEDA over gRPC. Rejects when it cannot listen. */
export async function startKeda(options: KedaOptions): Promise<KedaServer> {
  const server = new Server()
  server.addService(serviceOf(), handlers(options))
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${options.host}:${options.port}`, credentialsOf(options), (error, bound) => {
      if (error === null) resolve(bound)
      else reject(error)
    })
  })
  return {
    port,
    close() {
      server.forceShutdown()
      return Promise.resolve()
    },
  }
}

function serviceOf(): ServiceDefinition {
  // The loader's types know no namespace that holds only namespaces.
  const contract = KEDA_CONTRACT as unknown as Parameters<typeof fromJSON>[0]
  const definition = fromJSON(contract, { longs: Number, defaults: true })
  // The contract has this service, and no other.
  return definition['externalscaler.ExternalScaler'] as ServiceDefinition
}

function credentialsOf({ tls }: KedaOptions): ServerCredentials {
  if (tls === null) return ServerCredentials.createInsecure()
  const pair = { cert_chain: tls.cert, private_key: tls.key }
  return ServerCredentials.createSsl(tls.ca, [pair], tls.ca !== null)
}

/** The target is one for each replica that there should be. */
const TARGET = 1

function handlers(options: KedaOptions): UntypedServiceImplementation {
  const isActive = async ({ scalerMetadata }: Ref, signal: AbortSignal) => ({
    result: (await options.metric(policyIn(scalerMetadata), signal)).active,
  })
  const getMetricSpec = ({ scalerMetadata }: Ref) => {
    const metricName = nameOf(policyIn(scalerMetadata))
    const spec = { metricName, targetSize: TARGET, targetSizeFloat: TARGET }
    return Promise.resolve({ metricSpecs: [spec] })
  }
  const getMetrics = async (
    { scaledObjectRef, metricName }: MetricsRequest,
    signal: AbortSignal,
  ) => {
    const policy = policyIn(scaledObjectRef?.scalerMetadata)
    const { value } = await options.metric(policy, signal)
    const name = metricName === '' ? nameOf(policy) : metricName
    return { metricValues: [{ metricName: name, metricValue: value, metricValueFloat: value }] }
  }
  return Object.fromEntries<UntypedHandleCall>([
    ['IsActive', unary(options, isActive)],
    ['GetMetricSpec', unary(options, getMetricSpec)],
    ['GetMetrics', unary(options, getMetrics)],
    [
      'StreamIsActive',
      (call: ServerWritableStream<Ref, { result: boolean }>) => watch(options, call),
    ],
  ])
}

const nameOf = (policy: string): string => `kcloud-${policy}`

function policyIn(metadata: Ref['scalerMetadata']): string {
  const policy = metadata?.['policy'] ?? ''
  if (policy !== '') return policy
  throw new KCloudError('invalid_request', { detail: 'the metadata of the trigger need a policy' })
}

/** One answer to one question. What has no number is a failure, which KEDA's fallback decides on. */
function unary<Asked, Answer>(
  { onError }: KedaOptions,
  answer: (asked: Asked, signal: AbortSignal) => Promise<Answer>,
) {
  return (call: ServerUnaryCall<Asked, Answer>, reply: sendUnaryData<Answer>): void => {
    const controller = new AbortController()
    call.on('cancelled', () => controller.abort())
    Promise.resolve()
      .then(() => answer(call.request, controller.signal))
      .then(
        (value) => reply(null, value),
        (error: unknown) => reply(failureOf(error, onError)),
      )
  }
}

/** Tells whether a policy is active: at once, and whenever that changes. Without a number it says nothing. */
function watch(
  { metric, watchSeconds, onError }: KedaOptions,
  call: ServerWritableStream<Ref, { result: boolean }>,
): void {
  const controller = new AbortController()
  let told: boolean | null = null
  const look = async (): Promise<void> => {
    try {
      const { active } = await metric(policyIn(call.request.scalerMetadata), controller.signal)
      if (controller.signal.aborted || told === active) return
      told = active
      call.write({ result: active })
    } catch (error) {
      if (error instanceof KCloudError && error.kind === 'partial_refused') return
      if (!controller.signal.aborted) call.destroy(failureOf(error, onError))
    }
  }
  const timer = setInterval(() => void look(), watchSeconds * 1000)
  timer.unref()
  call.on('cancelled', () => {
    clearInterval(timer)
    controller.abort()
    call.end()
  })
  void look()
}

const CODES: Readonly<Partial<Record<KCloudError['kind'], status>>> = {
  not_found: status.NOT_FOUND,
  invalid_request: status.INVALID_ARGUMENT,
  partial_refused: status.UNAVAILABLE,
  store_unavailable: status.UNAVAILABLE,
}

function failureOf(error: unknown, onError: KedaOptions['onError']) {
  if (error instanceof KCloudError) {
    const code = CODES[error.kind] ?? status.UNAVAILABLE
    return Object.assign(new Error(error.detail), { code, details: error.detail })
  }
  onError(error)
  const details = 'the server made a mistake'
  return Object.assign(new Error(details), { code: status.INTERNAL, details })
}
