export {
  alertmanagers,
  endsAtOf,
  type AlertmanagerAlert,
  type TellAlertmanagers,
} from './alertmanager.ts'
export { createDelivering, type Attempt, type Attempted } from './delivering.ts'
export { postJson } from './post.ts'
export { createTurns, nowAndThen, type Turns } from './turns.ts'
export { signedHeaders, webhookSender } from './webhook.ts'
