import { provesAdoption } from '../support/adoption';

provesAdoption(40_000);
