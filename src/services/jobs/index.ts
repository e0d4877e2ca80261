export type { Job, Make, Making } from './job.ts'
export { createJobs, type Jobs } from './jobs.ts'
