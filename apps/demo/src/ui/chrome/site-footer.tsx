import { useSession } from '../state/session-context.js';

/** How it works, what it cannot do, and where it comes from. */
export function SiteFooter() {
  const model = useSession().model.value;
  return (
    <footer class="site">
      <section>
        <h2>How it works</h2>
        <p>
          A picture becomes a grid of 64 tokens, each one of a small vocabulary of shapes. A second of sound
          becomes another 64. One transformer has learnt to fill in whatever is missing of both, a few tokens
          at a time. Which half is given decides whether it speaks, draws, dreams or repairs.
        </p>
      </section>
      <section>
        <h2>What it knows</h2>
        <p>
          Ten English digits, written by hand and spoken by six people. Whatever else it is given, it takes
          for one of them. About three in a hundred come out as another digit.
        </p>
      </section>
      <section>
        <h2>Where it comes from</h2>
        <p>
          The method is that of{' '}
          <a href="https://arxiv.org/abs/2405.14598" rel="noreferrer">
            Visual Echoes: A Simple Unified Transformer for Audio-Visual Generation
          </a>
          . The digits are of MNIST, the voices of the Free Spoken Digit Dataset
          {model?.license && `; the model is under ${model.license.replace('CC-BY-SA-', 'CC BY-SA ')}`}. It
          runs in this browser: nothing that you draw or say is sent anywhere.
        </p>
      </section>
    </footer>
  );
}
