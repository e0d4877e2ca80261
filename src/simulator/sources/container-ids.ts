import type { Pod } from '../pods.ts'

/** The 64 digits by which the runtime calls the container of a pod. */
export function containerIdOf({ uid }: Pod): string {
  const digits = uid.replaceAll('-', '')
  return `${digits}${digits}`
}
