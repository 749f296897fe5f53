import { reactRouter } from '@react-router/dev/vite';
import { defineConfig } from 'vite';
import { alias } from '../aliases.ts';

export default defineConfig({ plugins: [reactRouter()], resolve: { alias } });
