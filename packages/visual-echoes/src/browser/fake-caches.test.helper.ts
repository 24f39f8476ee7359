/** A Cache API in memory, of one cache, which tests can look into, break and hold. */
export class FakeCaches {
  readonly entries = new Map<string, { body: Uint8Array<ArrayBuffer>; headers: [string, string][] }>();
  /** Called before anything is done; what it throws is thrown. */
  before: (action: 'open' | 'match' | 'put' | 'delete' | 'keys', key: string) => unknown = () => undefined;

  readonly open = async (name: string) => {
    await this.before('open', name);
    return {
      match: async (key: string) => {
        await this.before('match', key);
        const entry = this.entries.get(key);
        return entry && new Response(entry.body.slice(), { headers: entry.headers });
      },
      put: async (key: string, answer: Response) => {
        await this.before('put', key);
        const body = new Uint8Array(await answer.arrayBuffer());
        this.entries.set(key, { body, headers: [...answer.headers] });
      },
      delete: async (key: string) => {
        await this.before('delete', key);
        return this.entries.delete(key);
      },
      keys: async () => {
        await this.before('keys', '');
        return [...this.entries.keys()].map((url) => ({ url }));
      },
    };
  };
}
