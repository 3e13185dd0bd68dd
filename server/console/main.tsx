import { render } from 'preact';
import { App } from './app';
import { SessionProvider } from './connection/session';
import './style/console.css';

const root = document.getElementById('console');
if (root === null) throw new Error('index.html has no element with the id "console"');
root.replaceChildren();
render(
  <SessionProvider>
    <App />
  </SessionProvider>,
  root,
);
