const NVIDIA = /^(gpu|mig)(-[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i

/** NVIDIA's UUIDs as its driver spells them: some exporters write capitals, which are the same board. */
export function uuidOf(text: string): string {
  const [, kind, digits] = NVIDIA.exec(text) ?? []
  return kind === undefined || digits === undefined
    ? text
    : `${kind.toUpperCase()}${digits.toLowerCase()}`
}

/** Every way in which an exporter may spell a UUID. */
export function spellingsOf(uuid: string): readonly string[] {
  return NVIDIA.test(uuid)
    ? [...new Set([uuidOf(uuid), uuid.toLowerCase(), uuid.toUpperCase()])]
    : [uuid]
}
