import { NeedsKey } from '../frame/needs-key';
import { useSessions } from '../connection/session';
import { EraseForm } from './erase-form';
import { Keys } from './keys';
import { LoadedModel } from './loaded-model';
import { Models } from './models';
import { PriceForm } from './price-form';
import { Recipe } from './recipe';
import { Sites } from './sites';
import { useAdministration } from './use-administration';

export function SetUpPage() {
  const { admin, site } = useSessions();
  return (
    <>
      <Recipe />
      <PriceForm />
      <LoadedModel />
      {site === null ? null : <EraseForm />}
      {admin === null ? <NeedsKey kind="admin" /> : <Administration />}
    </>
  );
}

function Administration() {
  const administration = useAdministration();
  return (
    <>
      <Sites administration={administration} />
      <Keys administration={administration} />
      <Models />
    </>
  );
}
