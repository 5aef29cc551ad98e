// The same users for programs and for pages: gRPC and gRPC-Web, on a port of their own.
const http2 = require("http2");
const { Code, ConnectError } = require("@connectrpc/connect");
const { connectNodeAdapter } = require("@connectrpc/connect-node");
const { Users } = require("./gen/users_pb.js"); // made from users.proto by: npx buf generate
const users = require("./users.json");

const routes = (router) => router.service(Users, {
  get(request) {
    const user = users.find((user) => user.id === request.id);
    if (!user) throw new ConnectError("no such user", Code.NotFound);
    return user;
  },
});

http2.createServer(connectNodeAdapter({ routes })).listen(50051, "127.0.0.1");
