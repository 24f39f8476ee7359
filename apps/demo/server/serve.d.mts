/** A running server. */
export interface Served {
  address: string;
  close(): Promise<void>;
}

export function serve(options?: {
  folder?: string;
  port?: number;
  /** Where the page lies on the server, with a slash at both ends. */
  path?: string;
  /** As a host does that knows nothing of the page: no headers, no compression. */
  plain?: boolean;
  /** Is told what each answer weighed, compressed where it was. */
  onSent?: (file: string, bytes: number) => void;
}): Promise<Served>;
