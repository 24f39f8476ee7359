/** What is known of a WebGPU adapter. */
export interface AdapterInfo {
  info: Partial<Record<'vendor' | 'architecture' | 'device' | 'description', string>> & {
    isFallbackAdapter?: boolean;
  };
}

/** Programs that pass for a GPU: Chromium's, Mesa's, Microsoft's. */
const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|basic render|warp/i;

/** An adapter's name for people. */
export const nameOf = ({ info: { vendor, device, description } }: AdapterInfo): string =>
  [device, description].filter(Boolean).join(', ') || vendor || 'an unnamed GPU';

/** Whether it is a program on the CPU. */
export const isSoftware = (adapter: AdapterInfo): boolean =>
  adapter.info.isFallbackAdapter === true ||
  softwareNames.test(`${nameOf(adapter)} ${adapter.info.architecture}`);
