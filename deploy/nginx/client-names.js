// What the service is told of a client instead of an address: a name that only counts until the key changes, at the
// latest after ten minutes. service/limits/client_keys.py makes the key, lays it here, and says the same of networks.

import crypto from 'crypto';
import fs from 'fs';

const KEY = '/run/undersigned/client-names.key';
const KEY_SIZE = 32;
// tor's numbers of circuits, each of which is a client; the first 64 bits of any other IPv6 address are one household.
const CIRCUITS = 'fc00deadbeef4dad';
const MAPPED = '00000000000000000000ffff';

function network(address) {
    const hex = address.toString('hex');
    if (address.length !== 16) {
        return hex;
    }
    if (hex.startsWith(MAPPED)) {
        return hex.slice(24);
    }
    return hex.startsWith(CIRCUITS) ? hex : hex.slice(0, 16);
}

function name(r) {
    try {
        const hmac = crypto.createHmac('sha256', fs.readFileSync(KEY).slice(0, KEY_SIZE));
        return '_' + hmac.update(network(r.rawVariables.binary_remote_addr)).digest('hex').slice(0, 32);
        // eslint-disable-next-line no-unused-vars -- njs 0.7 knows no catch without a name
    } catch (error) {
        // Without a key all are one client, limited together.
        return 'unknown';
    }
}

export default {name};
