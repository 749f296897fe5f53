/** Every order of events that two or three tabs, servers and networks can bring about: see refresh.pml. */
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkModel, type Exploration } from './check-model.ts';
import { neededAssumptions, PLACES, PROPERTIES, rightConfigurations, wrongVariants } from './refresh-configurations.ts';

const MODEL = join(import.meta.dirname, 'refresh.pml');
const properties = Object.entries(PROPERTIES);
const lines: string[] = [];
const broken = new Set<string | undefined>();

/** Which property does not hold. What else spin finds is not one: an index out of range, an end that is none. */
const brokenBy = ({ violated }: Exploration): string | undefined =>
  properties.find(([, assertion]) => violated?.replace(/^assertion violated\s+/, '') === assertion)?.[0] ?? violated;

async function check(name: string, defines: readonly string[]): Promise<Exploration> {
  const explored = await checkModel(MODEL, defines);
  const { states, seconds } = explored;
  const found = brokenBy(explored) ?? 'all hold';
  const line = `${states.toLocaleString('en').padStart(12)} states ${seconds.toFixed(1).padStart(6)} s  ${name}: ${found}`;
  lines.push(line);
  console.log(line);
  return explored;
}

afterAll(() => console.log(`\nrefresh.pml, what was explored\n${lines.sort().reverse().join('\n')}`));

describe.concurrent('the rule holds', () => {
  it.each(Object.entries(rightConfigurations))('%s', async (name, { defines }) => {
    const explored = await check(name, defines);
    expect(explored.violated).toBeUndefined();
    expect(explored.isComplete).toBe(true);
  });

  it.each(
    Object.entries(rightConfigurations).flatMap(([name, { defines, reached }]) =>
      reached.map((place) => [name, place, defines] as const),
    ),
  )('and gets there (%s): %s', async (_, place, defines) => {
    const { violated } = await checkModel(MODEL, [...defines, `REACH=${PLACES[place]}`]);
    expect(violated).toMatch(`(${PLACES[place]}!=${PLACES[place]})`);
  });
});

describe.concurrent('the model rejects a rule that', () => {
  it.each(Object.entries(wrongVariants))('%s', async (name, defines) => {
    const property = brokenBy(await check(name, defines));
    expect(Object.keys(PROPERTIES)).toContain(property);
    broken.add(property);
  });
});

describe.concurrent('it is needed that', () => {
  it.each(Object.entries(neededAssumptions))('%s', async (name, defines) => {
    expect(brokenBy(await check(name, defines))).toBe('nobody honest is signed out');
  });
});

it('each property is broken by one of the wrong variants', () => {
  expect([...broken].sort()).toEqual(Object.keys(PROPERTIES).sort());
});

it('what is cut off counts as not explored', async () => {
  expect(await checkModel(MODEL, ['TABS=1'], 20)).toMatchObject({ isComplete: false, violated: undefined });
});
