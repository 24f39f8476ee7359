import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  hasChromium,
  type OpenedPage,
  PageLab,
  POLICY,
  pageOf,
  until,
  WATCH_POLICY,
} from './page-lab.test.helper.js';

const ELEMENT =
  '<picture-sound src="/samples/seven.png" alt="a seven" model="/models/digits/"></picture-sound>';

const PROGRAM = `
${WATCH_POLICY}import '/library/dist/bundle/element.js';
globalThis.heard = [];
for (const kind of ['sound', 'error']) {
  document.addEventListener(kind, ({ detail, error, message }) => {
    heard.push(kind + ' ' + (detail?.label ?? error.name + ': ' + message));
  }, true);
}
globalThis.ready = true;
`;

describe.skipIf(!hasChromium)('<picture-sound>', () => {
  let lab: PageLab;
  let address: string;
  let opened: OpenedPage;

  beforeAll(async () => {
    lab = await PageLab.open();
    const pages = lab.write('element', { 'index.html': pageOf(ELEMENT), 'main.js': PROGRAM });
    ({ address } = await lab.site(pages, { 'Content-Security-Policy': POLICY }));
    opened = await lab.visit(`${address}/`);
  });
  afterAll(() => lab?.close());

  /** A new element in the same page, which has the model already. */
  beforeEach(async () => {
    await opened.page.evaluate(
      `heard.length = 0; document.querySelector('picture-sound')?.remove(); document.body.insertAdjacentHTML('afterbegin', ${JSON.stringify(ELEMENT)})`,
    );
  });

  const button = () => opened.page.getByRole('button');
  const status = () => opened.page.getByRole('status');
  const words = async () => [await button().textContent(), await status().textContent()];
  const heard = () => opened.page.evaluate('heard') as Promise<string[]>;
  const element = (script: string) =>
    opened.page.evaluate(`((element) => { ${script} })(document.querySelector('picture-sound'))`);
  const untilButton = (text: string) =>
    until(
      opened.page,
      `document.querySelector('picture-sound').shadowRoot.querySelector('button').textContent === '${text}'`,
    );

  it('is a picture and a button, which the keyboard reaches', async () => {
    expect(await opened.page.getByRole('img', { name: 'a seven' }).isVisible()).toBe(true);
    expect(await words()).toEqual(['Hear it', '']);
    await opened.page.keyboard.press('Tab');
    expect(await element('return element.shadowRoot.activeElement?.id')).toBe('button');
    expect(await element('return getComputedStyle(element).display')).toBe('inline-grid');
  });

  it('makes a sound and plays it, and says what it is', async () => {
    await button().focus();
    await opened.page.keyboard.press('Enter');
    expect(await words()).toEqual(['Cancel', 'Making the sound …']);
    expect(await button().getAttribute('aria-busy')).toBe('true');
    await untilButton('Stop');
    expect(await status().textContent()).toBe('seven');
    expect(await button().getAttribute('aria-busy')).toBe('false');
    expect(await element('return element.shadowRoot.activeElement?.id')).toBe('button');
    await untilButton('Hear it');
    expect(await heard()).toEqual(['sound seven']);
    // Again, without making it again.
    await button().click();
    await untilButton('Stop');
    await button().click();
    await untilButton('Hear it');
    expect(await heard()).toEqual(['sound seven']);
  });

  it('makes another where an attribute changes, and takes seed and voice', async () => {
    await button().click();
    await untilButton('Stop');
    await element(`element.setAttribute('src', '/samples/two.png'); element.setAttribute('seed', '3')`);
    expect(await words()).toEqual(['Hear it', '']);
    await element(`element.setAttribute('voice', 'theo')`);
    await element(
      `element.addEventListener('sound', ({ detail }) => heard.push(detail.voice + ' ' + detail.wav.type))`,
    );
    await button().click();
    await untilButton('Stop');
    expect(await heard()).toEqual(['sound seven', 'sound two', 'theo audio/wav']);
  });

  it.each([
    ['an attribute changes', `element.setAttribute('seed', '4')`],
    ['it is removed', `element.remove(); document.body.append(element)`],
    ['it is cancelled', `element.shadowRoot.querySelector('button').click()`],
  ])('gives up what it makes where %s', async (_what, change) => {
    // At once: a sound is soon made.
    await element(`element.shadowRoot.querySelector('button').click(); ${change}`);
    expect(await words()).toEqual(['Hear it', '']);
    await button().click();
    await untilButton('Stop');
    expect(await heard()).toEqual(['sound seven']);
  });

  it('is silent once it is removed', async () => {
    await button().click();
    await untilButton('Stop');
    await element('element.remove()');
    await opened.page.waitForTimeout(100);
    expect(await heard()).toEqual(['sound seven']);
  });

  it.each([
    ['model', '/models/nothing/', /Cannot read .*nothing\/visual-echoes\.json: the server answers 404/],
    ['model', '', /There is no model; give the address/],
    ['src', '/samples/nothing.png', /nothing\.png" could not be loaded/],
    ['seed', 'x', /The attribute seed is "x"; it must be a whole number/],
    ['voice', 'nobody', /There is no voice "nobody"; there are /],
  ])('says in words what is wrong: %s="%s"', async (name, value, message) => {
    await element(`element.setAttribute('${name}', '${value}')`);
    await button().click();
    await status().getByText(message).waitFor();
    await untilButton('Hear it');
    expect(await heard()).toEqual([expect.stringMatching(/^error \w+Error: /)]);
    expect((await heard())[0]).toMatch(message);
  });

  it('does all that under a strict policy', () => {
    // What a test asked for and is not there.
    const complaints = opened.complaints.filter((one) => !/404/.test(one));
    expect(complaints).toEqual([]);
  });
});
