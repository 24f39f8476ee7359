import { useSignalEffect } from '@preact/signals';
import { LoadingBar } from './chrome/loading-bar.js';
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
import { TASKS } from './tasks.js';

/** The whole page. */
export function App({ session }: { session: Session }) {
  useSignalEffect(() => {
    const { does, gives } = TASKS[session.task.value];
    document.title = `Visual Echoes: ${does.toLowerCase()}, ${gives}`;
  });
  const isOver = useDroppedFiles(session);
  return (
    <SessionContext.Provider value={session}>
      <SiteHeader />
      <LoadingBar />
      <main>
        <div class="intro">
          <h1>
            Draw a digit, hear its name. <br />
            Say one, see it drawn.
          </h1>
          <p>One small network does both, here in your browser. Nothing is sent anywhere.</p>
        </div>
        <TaskTabs />
        <div class="stage" data-task={session.task.value}>
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
