import type { AccessKey, KeyScope, NewKeyReply, Site } from '../../contract/admin';
import { pageOf } from './replies';
import { isNumber, isText, oneOf, orNull, shape } from './shape';

const site = shape<Site>({ id: isText, name: isText, auto_approve_from: orNull(isNumber), created_at: isText });
const accessKey = shape<AccessKey>({
  id: isText,
  name: isText,
  scope: oneOf<KeyScope>({ site: true, worker: true, admin: true }),
  site_id: orNull(isText),
  created_at: isText,
  expires_at: orNull(isText),
  revoked_at: orNull(isText),
});

export const isSitePage = pageOf(site);
export const isSiteReply = shape<{ site: Site }>({ site });
export const isKeyPage = pageOf(accessKey);
export const isNewKeyReply = shape<NewKeyReply>({ key: accessKey, secret: isText });
