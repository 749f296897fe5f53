import { authenticated } from 'countersign/react-router';
import type { ReactNode } from 'react';
import { type LoaderFunctionArgs, useLoaderData } from 'react-router';
import { anybody, greeting } from '#app';

const visitor = authenticated(anybody);

export const middleware = [visitor];

export const loader = ({ context }: LoaderFunctionArgs) => ({ greeting: greeting(visitor.accepted(context)) });

export default function Page(): ReactNode {
  const data = useLoaderData<typeof loader>();
  return <p>{data.greeting}</p>;
}
