#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define BACKLOG      128
#define MAX_CLIENTS  256
#define DEFAULT_PORT "7070"

enum log_level { LOG_LVL_ERROR, LOG_LVL_WARN, LOG_LVL_INFO, LOG_LVL_DEBUG };

typedef struct {
    int      fd;
    bool     closing;
    char     peer[INET6_ADDRSTRLEN];
    uint8_t *buf;
    size_t   len;
    size_t   cap;
    time_t   last_seen;
} client_t;

static client_t *clients[MAX_CLIENTS];
static size_t num_clients = 0;
static volatile sig_atomic_t running = 1;
static enum log_level verbosity = LOG_LVL_INFO;

#define LOG(lvl, ...)                                  \
    do {                                               \
        if ((lvl) <= verbosity) {                      \
            fprintf(stderr, "[%s:%d] ", __FILE__, __LINE__); \
            fprintf(stderr, __VA_ARGS__);              \
            fputc('\n', stderr);                       \
        }                                              \
    } while (0)

static void on_signal(int signo) {
    (void)signo;
    running = 0;
}

static int set_nonblocking(int fd) {
    int flags = fcntl(fd, F_GETFL, 0);
    if (flags == -1)
        return -1;
    return fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

static int listen_on(const char *host, const char *service) {
    struct addrinfo hints = {
        .ai_family   = AF_UNSPEC,
        .ai_socktype = SOCK_STREAM,
        .ai_flags    = AI_PASSIVE,
    };
    struct addrinfo *res, *ai;
    int fd = -1, on = 1;

    int rc = getaddrinfo(host, service, &hints, &res);
    if (rc != 0) {
        LOG(LOG_LVL_ERROR, "getaddrinfo: %s", gai_strerror(rc));
        return -1;
    }

    for (ai = res; ai != NULL; ai = ai->ai_next) {
        fd = socket(ai->ai_family, ai->ai_socktype, ai->ai_protocol);
        if (fd < 0)
            continue;
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        if (bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
            break;
        LOG(LOG_LVL_WARN, "bind/listen failed: %s", strerror(errno));
        close(fd);
        fd = -1;
    }
    freeaddrinfo(res);

    if (fd >= 0 && set_nonblocking(fd) < 0) {
        perror("fcntl");
        close(fd);
        return -1;
    }
    return fd;
}

static client_t *client_new(int fd, const struct sockaddr_storage *ss) {
    client_t *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->fd = fd;
    c->cap = 1024;
    c->buf = malloc(c->cap);
    if (!c->buf) {
        free(c);
        return NULL;
    }
    c->last_seen = time(NULL);
    if (ss->ss_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)ss)->sin_addr, c->peer, sizeof c->peer);
    else
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)ss)->sin6_addr, c->peer, sizeof c->peer);
    return c;
}

static void client_free(client_t *c) {
    if (c == NULL)
        return;
    LOG(LOG_LVL_DEBUG, "closing connection from %s", c->peer);
    close(c->fd);
    free(c->buf);
    free(c);
}

static bool send_all(int fd, const void *data, size_t len) {
    const char *p = data;
    while (len > 0) {
        ssize_t n = send(fd, p, len, MSG_NOSIGNAL);
        if (n < 0) {
            if (errno == EINTR || errno == EAGAIN)
                continue;
            return false;
        }
        p += n;
        len -= (size_t)n;
    }
    return true;
}

/* A request is one line: "PING", "TIME", "ECHO text" or "QUIT". */
static void handle_line(client_t *c, char *line) {
    char reply[512];

    if (strcasecmp(line, "ping") == 0) {
        snprintf(reply, sizeof(reply), "+PONG\r\n");
    } else if (strcasecmp(line, "time") == 0) {
        time_t now = time(NULL);
        struct tm tm;
        gmtime_r(&now, &tm);
        strftime(reply, sizeof(reply), "+%Y-%m-%dT%H:%M:%SZ\r\n", &tm);
    } else if (strncasecmp(line, "echo ", 5) == 0) {
        snprintf(reply, sizeof(reply), "+%s\r\n", line + 5);
    } else if (strcasecmp(line, "quit") == 0) {
        snprintf(reply, sizeof(reply), "+BYE\r\n");
        c->closing = true;
    } else {
        snprintf(reply, sizeof(reply), "-ERR unknown command '%.64s'\r\n", line);
    }
    if (!send_all(c->fd, reply, strlen(reply)))
        c->closing = true;
}

static void client_read(client_t *c) {
    if (c->len == c->cap) {
        uint8_t *tmp = realloc(c->buf, c->cap * 2);
        if (tmp == NULL) {
            c->closing = true;
            return;
        }
        c->buf = tmp;
        c->cap *= 2;
    }
    ssize_t n = recv(c->fd, c->buf + c->len, c->cap - c->len, 0);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        c->closing = true;
        return;
    }
    if (n < 0)
        return;
    c->len += n;
    c->last_seen = time(NULL);

    uint8_t *nl;
    while ((nl = memchr(c->buf, '\n', c->len)) != NULL) {
        size_t used = nl - c->buf + 1;
        *nl = '\0';
        if (nl > c->buf && nl[-1] == '\r')
            nl[-1] = '\0';
        handle_line(c, (char *)c->buf);
        memmove(c->buf, c->buf + used, c->len - used);
        c->len -= used;
    }
}

static const struct option longopts[] = {
    { "port",    required_argument, NULL, 'p' },
    { "bind",    required_argument, NULL, 'b' },
    { "daemon",  no_argument,       NULL, 'd' },
    { "verbose", no_argument,       NULL, 'v' },
    { "help",    no_argument,       NULL, 'h' },
    { NULL, 0, NULL, 0 }
};

int main(int argc, char *argv[]) {
    const char *port = DEFAULT_PORT, *host = NULL;
    int opt;

    while ((opt = getopt_long(argc, argv, "p:b:dvh", longopts, NULL)) != -1) {
        switch (opt) {
        case 'p': port = optarg; break;
        case 'b': host = optarg; break;
        case 'd':
            if (daemon(0, 0) < 0) {
                perror("daemon");
                return EXIT_FAILURE;
            }
            break;
        case 'v': verbosity++; break;
        case 'h':
            printf("Usage: %s [-p port] [-b address] [-dv]\n", argv[0]);
            return EXIT_SUCCESS;
        default:
            return EXIT_FAILURE;
        }
    }

    struct sigaction sa = { .sa_handler = on_signal };
    sigemptyset(&sa.sa_mask);
    sigaction(SIGINT, &sa, NULL);
    sigaction(SIGTERM, &sa, NULL);
    signal(SIGPIPE, SIG_IGN);

    int lfd = listen_on(host, port);
    if (lfd < 0)
        return EXIT_FAILURE;

    while (running) {
        struct pollfd pfds[MAX_CLIENTS + 1];
        pfds[0] = (struct pollfd){ .fd = lfd, .events = POLLIN };
        for (size_t i = 0; i < num_clients; i++)
            pfds[i + 1] = (struct pollfd){ .fd = clients[i]->fd, .events = POLLIN };

        size_t polled = num_clients;
        if (poll(pfds, polled + 1, 1000) < 0) {
            if (errno == EINTR)
                continue;
            perror("poll");
            break;
        }
        for (size_t i = polled; i-- > 0; ) {
            if (pfds[i + 1].revents & (POLLIN | POLLHUP | POLLERR))
                client_read(clients[i]);
            if (clients[i]->closing) {
                client_free(clients[i]);
                clients[i] = clients[--num_clients];
            }
        }
        if ((pfds[0].revents & POLLIN) && num_clients < MAX_CLIENTS) {
            struct sockaddr_storage ss;
            socklen_t slen = sizeof(ss);
            int cfd = accept(lfd, (struct sockaddr *)&ss, &slen);
            if (cfd >= 0) {
                client_t *c = client_new(cfd, &ss);
                assert(c != NULL);
                clients[num_clients++] = c;
            }
        }
    }
    close(lfd);
    return 0;
}
