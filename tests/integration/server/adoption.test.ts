import { provesAdoption } from '../../support/adoption';

provesAdoption(2000);
