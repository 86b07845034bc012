// Preloaded (node --import): what is sent to this machine's own link goes to the server named in OWN_LINK_PORT.
import net from 'node:net';

const { connect } = net.Socket.prototype;
const OWN = /^(169\.254\.169\.254|metadata\.google\.internal\.?)$/;

net.Socket.prototype.connect = function (...args) {
  const [first] = args;
  const options = Array.isArray(first) ? first[0] : first;
  if (typeof options === 'object' && options !== null && OWN.test(options.host ?? '')) {
    options.host = '127.0.0.1';
    options.port = Number(process.env.OWN_LINK_PORT);
  }
  return connect.apply(this, args);
};
