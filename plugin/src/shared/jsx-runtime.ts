import { createElement, Fragment } from '@wordpress/element';
import type { ComponentType, ReactNode } from 'react';

type Props = Record<string, unknown> & { children?: ReactNode | ReactNode[] };

function element(type: string | ComponentType<Props>, props: Props, key?: string) {
  return createElement(type, key === undefined ? props : { ...props, key });
}

/** What the compiler calls for an element with one child or none. */
export const jsx = element;

/** The same for several children, which are known to need no keys when they are given one by one. */
export function jsxs(type: string | ComponentType<Props>, props: Props, key?: string) {
  const { children, ...rest } = props;
  return createElement(
    type,
    key === undefined ? rest : { ...rest, key },
    ...(Array.isArray(children) ? children : [children]),
  );
}

export const jsxDEV = element;
export { Fragment };
