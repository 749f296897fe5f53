import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vite';
import { alias } from '../aliases.ts';

export default defineConfig({ plugins: [sveltekit()], resolve: { alias } });
