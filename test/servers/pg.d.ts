/** `pg` comes without types. As much of it as is used here; what it returns is what its documentation says. */
declare module 'pg' {
  class Pool {
    constructor(options: { connectionString: string; max?: number; connectionTimeoutMillis?: number });
    query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[]; rowCount: number | null }>;
    on(event: 'error', listener: (error: Error) => void): this;
    end(): Promise<void>;
  }
  const pg: { readonly Pool: typeof Pool };

  export { Pool };
  export default pg;
}
