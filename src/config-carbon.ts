import type { z } from 'zod'
import { optional, setting } from './config-setting.ts'
import { anyText, httpAddress, oneOf, zonesOfClusters } from './config-values.ts'

const EMISSION_FACTORS = ['lifecycle', 'direct'] as const

/** What can be set of providers of carbon intensities. */
export const carbonSettings = {
  electricityMapsKey: optional(anyText, {
    about:
      'The key (auth-token) for Electricity Maps, whose averages are for ELECTRICITY_MAPS_ZONES.',
    example: 'the-key-of-this-site',
  }),
  electricityMapsZones: optional(zonesOfClusters, {
    about: 'The zone of each cluster there; * is for all others.',
    example: 'seoul=KR,*=DE',
  }),
  electricityMapsUrl: setting(httpAddress, 'https://api.electricitymaps.com', 'Where its API is.'),
  electricityMapsFactors: setting(
    oneOf(EMISSION_FACTORS),
    'lifecycle',
    'Which emission factors it uses: of the whole life of a power station, or of its operation.',
  ),
  watttimeUsername: optional(anyText, {
    about: 'The user name at WattTime, whose marginal values are for WATTTIME_REGIONS.',
    example: 'monitor',
  }),
  watttimePassword: optional(anyText, {
    about: 'The password there.',
    example: 'its-password',
  }),
  watttimeRegions: optional(zonesOfClusters, {
    about: 'The region of each cluster there; * is for all others.',
    example: 'portland=BPA',
  }),
  watttimeUrl: setting(httpAddress, 'https://api.watttime.org', 'Where its API is.'),
}

type CarbonSettings = {
  readonly [Name in keyof typeof carbonSettings]: z.output<(typeof carbonSettings)[Name]>
}

/** The providers that are configured; null for one that is not. */
export interface CarbonConfig {
  readonly electricityMaps: {
    readonly url: string
    readonly key: string
    readonly zones: ReadonlyMap<string, string>
    readonly emissionFactors: (typeof EMISSION_FACTORS)[number]
  } | null
  readonly wattTime: {
    readonly url: string
    readonly username: string
    readonly password: string
    readonly zones: ReadonlyMap<string, string>
  } | null
}

/** The part of the configuration that is about providers of carbon intensities. */
export function carbonConfig(read: Partial<CarbonSettings>): CarbonConfig {
  return { electricityMaps: electricityMapsOf(read), wattTime: wattTimeOf(read) }
}

function electricityMapsOf({
  electricityMapsKey: key,
  electricityMapsZones: zones,
  electricityMapsUrl: url = '',
  electricityMapsFactors: emissionFactors = 'lifecycle',
}: Partial<CarbonSettings>): CarbonConfig['electricityMaps'] {
  if (key === undefined || zones === undefined) return null
  return { url, key, zones, emissionFactors }
}

function wattTimeOf({
  watttimeUsername: username,
  watttimePassword: password,
  watttimeRegions: zones,
  watttimeUrl: url = '',
}: Partial<CarbonSettings>): CarbonConfig['wattTime'] {
  if (username === undefined || password === undefined || zones === undefined) return null
  return { url, username, password, zones }
}

type Complain = (setting: keyof CarbonSettings, detail: string) => void

/** A provider is whole or not there: a zone without a key would be a cluster without carbon. */
export function checkCarbon(read: Partial<CarbonSettings>, complain: Complain): void {
  const missing = GROUPS.filter((group) => group.some((name) => read[name] !== undefined))
    .flat()
    .filter((name) => read[name] === undefined)
  for (const name of missing) complain(name, 'is needed, since others of its provider are set')
}

const GROUPS = [
  ['electricityMapsKey', 'electricityMapsZones'],
  ['watttimeUsername', 'watttimePassword', 'watttimeRegions'],
] as const
