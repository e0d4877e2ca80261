/** What a power sensor of a BMC sees; `part` is anything that lies inside the total. */
export type PowerSensor = 'total' | 'supply_input' | 'supply_output' | 'part'

const SUPPLY = /^(?:ps|psu|pws|power ?supply|pwr ?supply) ?_?\d*(?![a-z])/
const OUTPUT = /(?:^|[^a-z])(?:pout|p_out|out|output)(?:[^a-z]|$)/
const TOTAL =
  /^(?:pwr consumption|(?:sys|system|total|node|server|chassis|platform)(?: (?:total|input|ac))?(?: (?:power|pwr|watts))(?: (?:total|consumption|in|input|meter|usage|level))?|total (?:system )?power(?: \w+)?|power meter|power consumption|sys pwr total|watts)$/

/**
 * What a power sensor sees, by its name. All sensors of `ipmi_power_watts` share one metric, so only their names
 * tell the total, the supplies and the parts apart; a name that nobody knows counts as a part, and so never as a
 * total. Names: Dell, HPE, Lenovo, Supermicro, Intel, as ipmi_exporter shows them.
 */
export function powerSensorOf(name: string): PowerSensor {
  const words = name
    .toLowerCase()
    .replaceAll(/[_\-./]+/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  if (SUPPLY.test(words)) return OUTPUT.test(words) ? 'supply_output' : 'supply_input'
  return TOTAL.test(words) ? 'total' : 'part'
}
