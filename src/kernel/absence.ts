import { isComplete, type Answer } from './answer.ts'
import { KCloudError } from './errors.ts'

/** Why nothing was found: nobody knows it, or somebody who might know it did not answer in full. */
export function absent(answer: Pick<Answer<unknown>, 'clusters'>, what: string): KCloudError {
  if (isComplete(answer))
    return new KCloudError('not_found', { detail: `no asked cluster knows ${what}` })
  const silent = answer.clusters.filter(({ status }) => status !== 'ok')
  const allLate = silent.every(({ status }) => status === 'timeout')
  const names = silent.map(({ name, status }) => `${name} (${status})`).join(', ')
  return new KCloudError(allLate ? 'backend_timeout' : 'backend_unreachable', {
    detail: `the clusters that answered do not know ${what}; these did not answer in full: ${names}`,
  })
}
