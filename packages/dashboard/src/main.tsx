import { render } from 'preact';
import { start } from './app/controller.ts';
import { App } from './views/app.tsx';

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
start();
