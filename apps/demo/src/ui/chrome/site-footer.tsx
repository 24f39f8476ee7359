import { useSession } from '../state/session-context.js';

/** How it works, what it cannot do, and where it comes from. */
export function SiteFooter() {
  const { about, model } = useSession();
  const { works, knows, sources, given } = about.footer;
  const license = model.value?.license;
  return (
    <footer class="site">
      <section>
        <h2>How it works</h2>
        <p>{works}</p>
      </section>
      <section>
        <h2>What it knows</h2>
        <p>{knows}</p>
      </section>
      <section>
        <h2>Where it comes from</h2>
        <p>
          The method is that of{' '}
          <a href="https://arxiv.org/abs/2405.14598" rel="noreferrer">
            Visual Echoes: A Simple Unified Transformer for Audio-Visual Generation
          </a>
          . {sources}
          {license && `; the model is under ${license.replace(/^CC-([A-Z-]+)-/, 'CC $1 ')}`}. It runs in this
          browser: nothing that you {given} is sent anywhere.
        </p>
      </section>
    </footer>
  );
}
