import { mitLicence } from '../../mit-licence';

/** Licence of Microsoft's Florence-2. A converted model is a copy: it stays beside it. */
export const FLORENCE_LICENCE = `The weights in this folder were made by Microsoft (https://huggingface.co/microsoft) and converted by Altsmith.

${mitLicence('Microsoft Corporation')}`;
