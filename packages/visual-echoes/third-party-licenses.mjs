import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What must go along with a bundle: the name, version, licence and notices of each package that its modules are from. */
export function thirdPartyLicenses(modules) {
  const folders = new Set(modules.map(packageFolder).filter(Boolean));
  return [...folders]
    .map((folder) => ({ folder, ...JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) }))
    .filter(({ name }) => !/^(@visual-echoes\/.*|visual-echoes)$/.test(name))
    .sort((a, b) => a.name.localeCompare(b.name))
    .map(({ folder, name, version, license }) =>
      [`${name} ${version}: ${license}`, ...texts(folder)].join('\n\n'),
    )
    .join(`\n\n${'-'.repeat(80)}\n\n`);
}

const texts = (folder) =>
  readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());

/** The nearest folder that is a package; modules of bundlers have no file. */
function packageFolder(module) {
  for (let folder = dirname(module); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name) return folder;
  }
  return undefined;
}
