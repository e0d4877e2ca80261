/** A node of 1200 W with a pod whose GPU draws 612.25 W. */
export const SEOUL = `
  kube_node_info{node="node-a",internal_ip="10.0.0.1"} 1
  kube_pod_info{namespace="ml",pod="train-0",uid="t",node="node-a"} 1
  ipmi_dcmi_power_consumption_watts{instance="node-a",node="node-a"} 1200
  DCGM_FI_DEV_POWER_USAGE{UUID="GPU-1",gpu="0",Hostname="node-a",namespace="ml",pod="train-0",container="c"} 612.25
`
export const INTERVAL = 60
