/** Version of the sidecar, the one of package.json; a test compares them. */
export const version = '1.0.0-rc.1';
