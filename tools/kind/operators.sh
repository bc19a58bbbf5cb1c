#!/usr/bin/env bash
# operators.sh CONTEXT: installs what Kaiseki needs of a kind cluster, in the versions that charts/operators pins, and an
# Ingress controller behind the node's port 80. Safe to repeat. Needs helm.
set -euo pipefail
cd "$(dirname "$0")/../.."
context=${1:?the context of a kind cluster, such as kind-kaiseki}
case $context in kind-*) ;; *) echo "$context is no kind cluster" >&2; exit 2 ;; esac

TRAEFIK=41.3.0
PATIENCE=15m

install() { # install OPTION...: the release of charts/operators
  helm --kube-context "$context" upgrade --install operators charts/operators --namespace kaiseki-operators --create-namespace \
    --values charts/operators/kind.yaml --wait --timeout "$PATIENCE" "$@"
}

helm dependency update charts/operators
# The K8ssandra operator's own objects need what cert-manager brings: the first time it comes second.
if ! helm --kube-context "$context" --namespace kaiseki-operators status operators >/dev/null 2>&1; then
  install --set k8ssandra-operator.enabled=false
fi
install
# Exact prefixes, as the Ingress has them: /live is not /live.html. One pod at a time can have the node's port 80.
helm --kube-context "$context" upgrade --install traefik traefik --version "$TRAEFIK" \
  --repo https://traefik.github.io/charts --namespace traefik --create-namespace \
  --set ports.web.hostPort=80 --set service.spec.type=ClusterIP --set providers.kubernetesIngress.strictPrefixMatching=true \
  --set updateStrategy.type=Recreate --set updateStrategy.rollingUpdate=null --set global.checkNewVersion=false \
  --wait --timeout "$PATIENCE"
