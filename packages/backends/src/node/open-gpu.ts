import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BackendError } from '@visual-echoes/core';
import { type AdapterInfo, isSoftware, nameOf } from '../webgpu-kernels/adapter-name.js';
import { findPackage } from './optional-package.js';

/** The parts of npm `webgpu`, which is Dawn, that are used here. */
interface Dawn {
  create(options: string[]): Gpu;
  globals: Record<string, unknown>;
}

interface Gpu {
  requestAdapter(options?: object): Promise<AdapterInfo | null>;
}

/** SwiftShader's description for the Vulkan loader, as Debian's chromium brings it. */
const chromiumDriver = '/usr/lib/chromium/vk_swiftshader_icd.json';

/**
 * Gives this process `navigator.gpu` and the `GPU…` classes of npm `webgpu`, as a page has them, which is where
 * tfjs-backend-webgpu looks. Returns the adapter's name for people.
 *
 * @param software whether an adapter that is a program on the CPU will do; where Vulkan has no driver for this machine, that
 * is then SwiftShader from Debian's chromium.
 * @throws BackendError of one line where there is no package or no adapter.
 */
export async function openGpu({
  from,
  software,
}: {
  from?: readonly string[] | undefined;
  software: boolean;
}): Promise<string> {
  const found = findPackage('webgpu', from);
  if (!found) throw new BackendError('webgpu is not installed');
  if (!findPackage('@tensorflow/tfjs-backend-webgpu', from)) {
    throw new BackendError('@tensorflow/tfjs-backend-webgpu is not installed');
  }
  // Dawn complains on the standard error output where there is none, which can be seen without it.
  if (process.platform === 'linux' && !hasVulkanDriver()) {
    if (!software || !existsSync(chromiumDriver)) {
      throw new BackendError('no GPU for webgpu here: Vulkan has no driver');
    }
    process.env['VK_ICD_FILENAMES'] = chromiumDriver;
  }
  const { create, globals } = await loadDawn(found.main, found.version);
  const ask = (one: Gpu) => one.requestAdapter({ powerPreference: 'high-performance' });
  let gpu = page.navigator?.gpu ?? create([]);
  let adapter = await ask(gpu);
  if (!adapter && software && existsSync(chromiumDriver)) {
    // There are drivers, but for other hardware than this.
    process.env['VK_ICD_FILENAMES'] = chromiumDriver;
    gpu = create([]);
    adapter = await ask(gpu);
  }
  if (!adapter) throw new BackendError('no GPU for webgpu here: Dawn finds no adapter');
  if (!software && isSoftware(adapter)) {
    throw new BackendError(`no GPU for webgpu here: ${nameOf(adapter)} is a program on the CPU`);
  }
  Object.assign(globalThis, globals);
  provide(gpu);
  return nameOf(adapter);
}

async function loadDawn(main: string, version: string): Promise<Dawn> {
  try {
    return (await import(pathToFileURL(main).href)) as Dawn;
  } catch (error) {
    const [line] = (error as Error).message.split('\n');
    throw new BackendError(`webgpu ${version} cannot be loaded: ${line}`, { cause: error });
  }
}

/** Node 20 has no navigator; later ones have one without `gpu`. */
const page = globalThis as { navigator?: { gpu?: Gpu } };

function provide(gpu: Gpu): void {
  if (page.navigator === undefined) {
    const value = { gpu, userAgent: `Node.js/${process.versions.node}` };
    Object.defineProperty(page, 'navigator', { value, configurable: true, writable: true });
  } else if (page.navigator.gpu !== gpu) {
    Object.defineProperty(page.navigator, 'gpu', { value: gpu, configurable: true });
  }
}

/** Whether Vulkan's loader would find a driver. */
function hasVulkanDriver(): boolean {
  const { VK_ICD_FILENAMES, VK_DRIVER_FILES, VK_ADD_DRIVER_FILES, HOME, XDG_DATA_HOME, XDG_DATA_DIRS } =
    process.env;
  if (VK_ICD_FILENAMES || VK_DRIVER_FILES || VK_ADD_DRIVER_FILES) return true;
  const folders = [
    '/etc',
    '/usr/local/etc',
    XDG_DATA_HOME || join(HOME ?? '/', '.local/share'),
    ...(XDG_DATA_DIRS || '/usr/local/share:/usr/share').split(':'),
  ].map((folder) => join(folder, 'vulkan/icd.d'));
  return folders.some((folder) => existsSync(folder) && readdirSync(folder).length > 0);
}
