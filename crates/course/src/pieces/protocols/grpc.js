// The same users for programs that call methods: gRPC, on a port of its own.
const grpc = require("@grpc/grpc-js");
const loader = require("@grpc/proto-loader");
const users = require("./users.json");

const { demo } = grpc.loadPackageDefinition(loader.loadSync("users.proto"));

const server = new grpc.Server();
server.addService(demo.Users.service, {
  get: (call, callback) => {
    const user = users.find((user) => user.id === call.request.id);
    if (!user) return callback({ code: grpc.status.NOT_FOUND, details: "no such user" });
    callback(null, user);
  },
});

server.bindAsync("127.0.0.1:50051", grpc.ServerCredentials.createInsecure(), () => {});
