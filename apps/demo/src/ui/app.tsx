import { useSignalEffect } from '@preact/signals';
import { LoadingBar } from './chrome/loading-bar.js';
import { ModelChoice } from './chrome/model-choice.js';
import { Notice } from './chrome/notice.js';
import { SiteFooter } from './chrome/site-footer.js';
import { SiteHeader } from './chrome/site-header.js';
import { TaskTabs } from './chrome/task-tabs.js';
import { ActionBar } from './controls/action-bar.js';
import { ControlPanel } from './controls/control-panel.js';
import { GivePanel } from './give/give-panel.js';
import { Sources } from './give/sources.js';
import { useDroppedFiles } from './give/use-dropped-files.js';
import { ResultPanel } from './show/result-panel.js';
import type { Session } from './state/session.js';
import { SessionContext } from './state/session-context.js';
import { wordsOf } from './tasks.js';

/** The whole page. */
export function App({ session }: { session: Session }) {
  const { about } = session;
  const [first, second] = about.heading;
  const [rows, columns] = session.given.grid('audio');
  useSignalEffect(() => {
    const { does, gives } = wordsOf(session.task.value, about);
    document.title = `${about.title}: ${does.toLowerCase()}, ${gives}`;
  });
  const isOver = useDroppedFiles(session);
  return (
    <SessionContext.Provider value={session}>
      <SiteHeader />
      <LoadingBar />
      <main>
        <ModelChoice />
        <div class="intro">
          <h1>
            {first} <br />
            {second}
          </h1>
          <p>{about.intro}</p>
        </div>
        <TaskTabs />
        <div
          class="stage"
          data-task={session.task.value}
          data-sound={columns > 2 * rows ? 'wide' : 'square'}
          style={{ '--sound-aspect': columns / rows }}
        >
          <GivePanel />
          <ActionBar />
          <div class="further">
            <Sources />
            <ControlPanel />
          </div>
          <ResultPanel />
        </div>
      </main>
      <SiteFooter />
      <Notice />
      <p class="visually-hidden" aria-live="polite" data-testid="news">
        {session.news.value}
      </p>
      {isOver && (
        <div class="drop" aria-hidden="true">
          Let go to use it
        </div>
      )}
    </SessionContext.Provider>
  );
}
