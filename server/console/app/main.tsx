import '@mantine/core/styles.css';
import '@mantine/dates/styles.css';
import '@mantine/notifications/styles.css';
import './base.css';
import { setNonce } from 'get-nonce';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { startTexts } from './i18n/index.ts';
import { styleNonce } from './style-nonce.ts';

const place = document.getElementById('app');
if (place === null) throw new Error('index.html has no place for the application');
// What holds the page still behind a dialog writes a style of its own.
setNonce(styleNonce());
await startTexts();
createRoot(place).render(<App />);
