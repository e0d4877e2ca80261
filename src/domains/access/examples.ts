const scope = [{ cluster: 'seoul', namespaces: ['training'] }]

/** Answers as they stand on the wire. */
export const EXAMPLES = {
  whoami: {
    name: 'key:alice/grafana',
    role: 'viewer' as const,
    scope,
    way: 'api_key' as const,
    expires_at: '2027-02-18T05:00:00.000Z',
  },
  wanted: { name: 'grafana', role: 'viewer' as const, scope, expires_in: '90d' },
  key: {
    id: '2f0e4a9c-7f43-4d1e-9d56-0f2f1c8b7a11',
    name: 'grafana',
    owner: 'alice',
    role: 'viewer' as const,
    scope,
    status: 'active' as const,
    hint: 'kcm_Zk3v',
    created_at: '2026-11-20T05:00:00.000Z',
    expires_at: '2027-02-18T05:00:00.000Z',
    revoked_at: null,
    last_used_at: '2026-11-20T05:12:00.000Z',
  },
  get made() {
    const { key } = EXAMPLES
    return { ...key, last_used_at: null, secret: 'kcm_Zk3v…' }
  },
}
